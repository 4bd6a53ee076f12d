#include "shared/ray_release.h"

#include <catch2/catch_test_macros.hpp>

using namespace shared;

TEST_CASE("ParseRayRelease reads the first two numbers of a version") {
  const struct {
    std::string_view version;
    std::string_view release;  // empty: it is no version
  } rows[] = {
      {"2.9.3", "2.9"},
      {"2.52.0", "2.52"},
      {"2.52.0+local1", "2.52"},
      {"2.52.0-py311", "2.52"},
      {"10.0.0", "10.0"},
      {"3.0.0.dev0", "3.0"},
      {"2.60", "2.60"},
      {"2.60rc1", "2.60"},
      {"", ""},
      {"2", ""},
      {"2.", ""},
      {".52", ""},
      {"x", ""},
      {"v2.52", ""},
      {"2,52", ""},
      {"2.52x", ""},
      {"-2.52", ""},
      {"2.-1", ""},
      {"99999999999.1.0", ""},
      {"2.99999999999", ""},
  };
  for (const auto& row : rows) {
    INFO(row.version);
    const auto release = ParseRayRelease(row.version);
    CHECK((release ? release->ToText() : "") == row.release);
  }
  CHECK(*ParseRayRelease("2.9.3") < *ParseRayRelease("2.10.0"));
  CHECK(*ParseRayRelease("2.60.0") < *ParseRayRelease("3.0.0.dev0"));
}
