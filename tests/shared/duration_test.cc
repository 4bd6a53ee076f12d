#include "shared/duration.h"

#include <catch2/catch_test_macros.hpp>

using namespace shared;
using std::chrono::milliseconds;

TEST_CASE("ParseDuration reads what Go's and kubectl's users write") {
  const struct {
    std::string_view text;
    long long ms;
  } good[] = {{"0", 0},       {"5", 5000},    {"30s", 30000},   {"1h30m", 5400000},
              {"1.5s", 1500}, {"500ms", 500}, {"2d", 172800000}};
  for (const auto& row : good) {
    INFO(row.text);
    REQUIRE(ParseDuration("--timeout", row.text));
    CHECK(*ParseDuration("--timeout", row.text) == milliseconds(row.ms));
  }
  for (std::string_view bad :
       {"", "s", "-5s", "5 s", "1.2.3s", "5x", "1e9s", "99999999999999999999h", "\xff"}) {
    INFO(bad);
    REQUIRE_FALSE(ParseDuration("--timeout", bad));
    CHECK(ParseDuration("--timeout", bad).error().code == ErrorCode::kUsage);
  }
  CHECK(ParseDuration("--timeout", "soon").error().message == "--timeout \"soon\" is not a duration");
}

TEST_CASE("FormatDuration is kubectl's age") {
  CHECK(FormatDuration(milliseconds(-5)) == "0ms");
  CHECK(FormatDuration(milliseconds(850)) == "850ms");
  CHECK(FormatDuration(milliseconds(119'000)) == "119s");
  CHECK(FormatDuration(milliseconds(184'000)) == "3m4s");
  CHECK(FormatDuration(milliseconds(3 * 3600'000)) == "3h");
  CHECK(FormatDuration(milliseconds(50 * 3600'000)) == "2d2h");
  CHECK(FormatDuration(milliseconds(400LL * 86'400'000)) == "400d");
  CHECK(FormatSeconds(std::chrono::seconds(-1)) == "0s");
  CHECK(FormatSeconds(std::chrono::seconds(0)) == "0s");
  CHECK(FormatSeconds(std::chrono::seconds(184)) == "3m4s");
}
