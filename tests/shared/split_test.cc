#include "shared/split.h"

#include <catch2/catch_test_macros.hpp>

TEST_CASE("Split keeps empty parts") {
  using Parts = std::vector<std::string_view>;
  CHECK(shared::Split("", ',') == Parts{""});
  CHECK(shared::Split(",", ',') == Parts{"", ""});
  CHECK(shared::Split("a,,b", ',') == Parts{"a", "", "b"});
  CHECK(shared::Split("a,b", ':') == Parts{"a,b"});
}
