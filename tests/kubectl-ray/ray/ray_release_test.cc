#include "kubectl-ray/ray/ray_release.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ParseRayRelease;
using kubectl_ray::RayRelease;

TEST_CASE("a release is read from the version that Ray gives") {
  const struct {
    const char* version;
    RayRelease release;
  } rows[] = {
      {"2.9.3", {2, 9}},      {"2.44.1", {2, 44}},    {"2.52.0", {2, 52}}, {"2.52.0+cu12", {2, 52}},
      {"2.60.0rc1", {2, 60}}, {"3.0.0.dev0", {3, 0}}, {"2.9", {2, 9}},     {"10.0.0", {10, 0}},
  };
  for (const auto& row : rows) {
    INFO(row.version);
    REQUIRE(ParseRayRelease(row.version));
    CHECK(*ParseRayRelease(row.version) == row.release);
  }
  for (const char* text : {"", "2", "2.", "x", ".9", "2,9", "-2.9", "2.-9", "v2.9.3", "99999999999.1"}) {
    INFO(text);
    CHECK_FALSE(ParseRayRelease(text));
  }
}

TEST_CASE("releases are compared by number") {
  CHECK(RayRelease{2, 9} < RayRelease{2, 44});
  CHECK(RayRelease{2, 45} > RayRelease{2, 44});
  CHECK(RayRelease{3, 0} > RayRelease{2, 44});
}
