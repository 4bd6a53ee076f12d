#include "shared/shortest_number.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>

using shared::ShortestDecimal;
using shared::ShortestNumber;

TEST_CASE("a number has as few digits as read back as it") {
  const std::pair<double, const char*> rows[] = {
      {0, "0e+00"},
      {1, "1e+00"},
      {-2.5, "-2.5e+00"},
      {1e-5, "1e-05"},
      {1e16, "1e+16"},
      {1e300, "1e+300"},
      {0.1, "1e-01"},
      {0.1 + 0.2, "3.0000000000000004e-01"},
      {5e-324, "5e-324"},
      {std::numeric_limits<double>::infinity(), "inf"},
      {-std::numeric_limits<double>::infinity(), "-inf"},
      {std::numeric_limits<double>::quiet_NaN(), "nan"},
  };
  for (const auto& [number, text] : rows) {
    INFO(text);
    CHECK(ShortestNumber(number) == text);
  }
}

TEST_CASE("a float has fewer digits than the double that it is") {
  CHECK(ShortestNumber(0.1F) == "1e-01");
  CHECK(ShortestNumber(static_cast<float>(16777217)) == "1.6777216e+07");
  CHECK(ShortestNumber(std::numeric_limits<float>::max()) == "3.4028235e+38");
}

TEST_CASE("a decimal has no exponent") {
  const std::pair<double, const char*> rows[] = {
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {0.5, "0.5"},
      {0.0001, "0.0001"},
      {0.00012345678901234567, "0.00012345678901234567"},
      {9007199254740993, "9007199254740992"},
      {9999999999999998, "9999999999999998"},
      {-0.1, "-0.1"},
  };
  for (const auto& [number, text] : rows) {
    INFO(text);
    CHECK(ShortestDecimal(number) == text);
  }
}
