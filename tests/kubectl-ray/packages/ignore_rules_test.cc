#include "kubectl-ray/packages/ignore_rules.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "shared/json.h"

using kubectl_ray::IgnorePattern;
using kubectl_ray::IgnoreRules;

// tests/testdata/ignore_rules.json holds what Ray's own pathspec says: [[patterns], path, left out].
// tests/testdata/ignore_rules.py made it.
TEST_CASE("rules say what Ray's pathspec says") {
  std::ifstream file(std::string(TESTDATA) + "/ignore_rules.json");
  std::ostringstream text;
  text << file.rdbuf();
  const auto table = shared::ParseJson(text.str());
  REQUIRE(table.has_value());
  REQUIRE(table->size() > 1000);
  for (const shared::Json& row : *table) {
    const auto patterns = row[0].get<std::vector<std::string>>();
    const std::string path = row[1].get<std::string>();
    INFO(row.dump());
    CHECK((IgnoreRules::FromPatterns(patterns).Excludes(path) != nullptr) == row[2].get<bool>());
  }
}

TEST_CASE("lines that are no patterns") {
  for (const char* line : {"", "   ", "# comment", "/", "!", "\t"}) {
    INFO(line);
    CHECK_FALSE(IgnorePattern::Parse(line).has_value());
  }
}

TEST_CASE("a file's line ends do not matter, and its last match decides") {
  const IgnoreRules rules = IgnoreRules::Parse("*.log\r\n!keep.log\r\n\r\ndata/\n");
  REQUIRE(rules.Excludes("a/b.log") != nullptr);
  CHECK(rules.Excludes("a/b.log")->text() == "*.log");
  CHECK(rules.Excludes("keep.log") == nullptr);
  CHECK(rules.Excludes("data/x") != nullptr);
  CHECK(rules.Excludes("data") == nullptr);
}

TEST_CASE("time is bounded whatever the pattern") {
  const std::string stars = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
  CHECK(IgnoreRules::FromPatterns({stars}).Excludes(std::string(4000, 'a')) == nullptr);
}

TEST_CASE("bytes that are not UTF-8 match themselves") {
  CHECK(IgnoreRules::FromPatterns({"a\xff*"}).Excludes("a\xff\xfe") != nullptr);
  CHECK(IgnoreRules::FromPatterns({"a?"}).Excludes("a\xff") != nullptr);
  CHECK(IgnoreRules::FromPatterns({"a?"}).Excludes("a\u20ac") != nullptr);
}
