#include "shared/repeated_name.h"

#include <catch2/catch_test_macros.hpp>

using shared::FindRepeatedName;

TEST_CASE("FindRepeatedName") {
  for (const char* once :
       {"1", "[]", "{}", R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]})", R"({"a":1,"A":2})"}) {
    INFO(once);
    CHECK_FALSE(FindRepeatedName(once));
  }
  CHECK(FindRepeatedName(R"({"a":1,"b":2,"a":1})") == "a");
  CHECK(FindRepeatedName(R"([{"x":{"":1,"":2}}])") == "");
  CHECK(FindRepeatedName(R"({"a":1,"\u0061":2,"b":1,"b":1})") == "a");
}
