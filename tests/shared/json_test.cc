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
