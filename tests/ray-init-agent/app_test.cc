#include "ray-init-agent/app.h"

#include <catch2/catch_test_macros.hpp>

#include "ray-init-agent/exit_codes.h"

TEST_CASE("an unknown subcommand is refused") {
  CHECK(ray_init_agent::RunApp({"no-such-command"}) == ray_init_agent::kExitUsage);
}
