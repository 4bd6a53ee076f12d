#include "shared/json.h"

#include <catch2/catch_test_macros.hpp>

using namespace shared;

TEST_CASE("ParseJson refuses what would harm later") {
  CHECK(ParseJson("{\"a\":1}"));
  CHECK_FALSE(ParseJson(""));
  CHECK_FALSE(ParseJson("{"));
  CHECK_FALSE(ParseJson("\"\xff\""));
  CHECK_FALSE(ParseJson("[1e999]"));
  CHECK(ParseJson(std::string(200, '[') + std::string(200, ']')));
  CHECK_FALSE(ParseJson(std::string(201, '[') + std::string(201, ']')));
  CHECK_FALSE(ParseJson(std::string(1'000'000, '[')));
}

TEST_CASE("At and its kin never throw") {
  const Json pod = *ParseJson(R"({"status":{"phase":"Running","n":3,"ready":true}})");
  CHECK(StringAt(pod, {"status", "phase"}) == "Running");
  CHECK(StringAt(pod, {"status", "n"}, "none") == "none");
  CHECK(StringAt(pod, {"status", "phase", "deeper"}) == "");
  CHECK(IntAt(pod, {"status", "n"}) == 3);
  CHECK(BoolAt(pod, {"status", "ready"}));
  CHECK(At(pod, {"no", "such"}).is_null());
}

TEST_CASE("DumpJson replaces bytes that are not UTF-8") {
  CHECK(DumpJson(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("members that are not kept are not built, and are checked all the same") {
  const auto keep = [](int depth, const std::string& name) { return depth == 2 || name == "a"; };
  const std::pair<const char*, const char*> rows[] = {
      {R"({"a": 1, "b": 2})", R"({"a":1})"},
      {R"({"b": {"a": 1}, "a": {"b": [{"b": 1, "a": 2}]}})", R"({"a":{"b":[{"a":2}]}})"},
      {R"([{"a": 1, "b": 2}])", R"([{"a":1,"b":2}])"},
      {R"({"b": 5})", "{}"},
      {R"({"b": [[[1]]], "a": null})", R"({"a":null})"},
      {"5", "5"},
  };
  for (const auto& [text, kept] : rows) {
    INFO(text);
    const auto value = ParseJson(text, keep);
    REQUIRE(value);
    CHECK(DumpJson(*value) == kept);
  }
  CHECK_FALSE(ParseJson(R"({"b": [1,})", keep));
  CHECK_FALSE(ParseJson(R"({"b": )" + std::string(300, '[') + std::string(300, ']') + "}", keep));
}
