#include "ray-init-agent/ray_version.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;

TEST_CASE("a rebuilt wheel is of the release it was built from") {
  const struct {
    const char* one;
    const char* other;
    bool same;
  } rows[] = {{"2.52.0", "2.52.0", true},          {"2.52.0+local1", "2.52.0", true},
              {"2.52.0", "2.52.0+cu12", true},     {"2.52.0+a", "2.52.0+b", true},
              {"2.52.0", "2.52.1", false},         {"2.52.0rc1", "2.52.0", false},
              {"3.0.0.dev0", "3.0.0.dev0", true},  {"2.52.0", "2.52", false},
              {"2.52.0+local1", "2.52.01", false}, {"+", "", true}};
  for (const auto& row : rows) CHECK(SameRayVersion(row.one, row.other) == row.same);
}
