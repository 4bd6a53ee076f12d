#include "kubectl-ray/cli/yaml.h"

#include <yaml-cpp/yaml.h>

#include <catch2/catch_test_macros.hpp>
#include <sstream>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("whatever is dumped reads back as the same") {
  for (const char* text : {"",
                           " ",
                           "a",
                           "true",
                           "True",
                           "yes",
                           "no",
                           "on",
                           "y",
                           "null",
                           "~",
                           "1",
                           "01",
                           "1.5",
                           "1e3",
                           "0x1f",
                           "2026-11-21",
                           "12:30:45",
                           "500m",
                           "2.52.0",
                           "4Gi",
                           "-",
                           "- a",
                           "-c",
                           "--",
                           "a: b",
                           "a:b",
                           "a #b",
                           "#a",
                           "a\nb\n",
                           "a\n  b\n\nc\n",
                           "a\nb",
                           "\n",
                           "a \nb\n",
                           " a\n",
                           "\ta\n",
                           "'",
                           "\"",
                           "\\",
                           "{a}",
                           "[a]",
                           "&a",
                           "*a",
                           "!a",
                           "|",
                           ">",
                           "%a",
                           "@a",
                           "`a",
                           "a,b",
                           "ä",
                           "\xe2\x82\xac",
                           "\x07",
                           "\x1b[31m",
                           "\xc2\x85",
                           "=",
                           "<<",
                           "...",
                           "---",
                           ".inf",
                           ".nan",
                           "nan",
                           "inf",
                           "+1",
                           "e",
                           "E5",
                           ":",
                           "?",
                           "? a"}) {
    INFO(text);
    const Json value = {{"k", text},
                        {text, Json::array({text, {{"n", Json::array({text, Json::array()})}}})}};
    auto back = ParseYaml("x", DumpYaml(value));
    REQUIRE(back);
    CHECK(*back == value);
  }
  const Json kinds = {{"null", nullptr}, {"t", true},           {"i", -7},
                      {"d", 1.5},        {"o", Json::object()}, {"l", Json::array()}};
  CHECK(ParseYaml("x", DumpYaml(kinds)).value_or(Json()) == kinds);
}

TEST_CASE("plain scalars are resolved by the core schema") {
  CHECK(ParseYaml("x", "[1, 1.5, true, ~, null, \"1\", 'true', 1.2.3, 0x10, +3, 99999999999999999999]")
            .value_or(Json()) ==
        Json({1, 1.5, true, nullptr, nullptr, "1", "true", "1.2.3", "0x10", 3, 99999999999999999999.0}));
  CHECK(ParseYaml("x", "").value_or(Json(1)) == Json(nullptr));
}

TEST_CASE("hostile or broken YAML is refused by name and place") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) bomb += ", " + last;
    bomb += "]\n";
  }
  const std::string deep(100000, '[');
  const std::string huge(kMaxYamlBytes + 1, 'a');
  for (const std::string& text : {bomb, deep, huge, std::string("a: [1"), std::string("a: b: c"),
                                  std::string("\xff"), std::string("? [a]\n: b\n"), std::string("a: *none"),
                                  std::string("a: 1\na: 2\n"), std::string("\"a")}) {
    INFO(text.substr(0, 40));
    auto value = ParseYaml("file.yaml", text);
    REQUIRE(!value);
    CHECK(value.error().code == shared::ErrorCode::kUsage);
    CHECK(value.error().message.find("file.yaml") != std::string::npos);
  }
}

TEST_CASE("a file that is not there or not a file is refused by name") {
  std::istringstream in("a: 1");
  CHECK(ReadYamlFile("-", in).value_or("") == "a: 1");
  CHECK(!ReadYamlFile("/no/such/file", in));
  CHECK(!ReadYamlFile("/", in));
}

TEST_CASE("a key of any length reads back as the same") {
  for (const std::size_t length : {1, 250, 251, 255, 256, 1023, 1024, 1025, 5000})
    for (const char c : {'k', '\x14', '"', ' '}) {
      INFO(length << " of " << static_cast<int>(c));
      const Json value = {{std::string(length, c), {{std::string(length, c), "v"}}},
                          {"after", Json::array({1})}};
      CHECK(ParseYaml("dump", DumpYaml(value)).value_or(Json()) == value);
    }
}

TEST_CASE("what is not UTF-8 is refused, and nothing is taken for UTF-16 or UTF-32") {
  for (const std::string& text : {std::string("\xff"), std::string("a\0b", 3), std::string("\0\0\0a", 4),
                                  std::string("a\0", 2), std::string("\1\0\0\0\0\2\0\2", 8)}) {
    const auto value = ParseYaml("f.yaml", text);
    REQUIRE_FALSE(value);
    CHECK(value.error().message == "cannot read f.yaml: it is not UTF-8");
  }
}

TEST_CASE("text behind the one document is refused, also where the parser would find documents without end") {
  const struct {
    const char *text, *place;
  } rows[] = {
      {"a\n---\nb\n", "2:1"}, {"--- a\n--- b\n", "2:1"}, {"\"a\" b", "1:5"},
      {",", "1:1"},           {"'a' ,\n", "1:5"},        {"--- [a]\n,", "2:1"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto value = ParseYaml("f.yaml", row.text);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == shared::ErrorCode::kUsage);
    CHECK(value.error().message == std::string("cannot read f.yaml:") + row.place +
                                       ": a second document begins there, and one is all that is taken");
  }
  CHECK(ParseYaml("f.yaml", "---\na\n...\n").value_or(Json()) == Json("a"));
}
