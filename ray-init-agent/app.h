// From argv and environment to an exit code.
#pragma once

#include <string>
#include <vector>

namespace ray_init_agent {

// Runs the one subcommand that `arguments` (without argv[0]) name; its exit code. Never throws.
int RunApp(const std::vector<std::string>& arguments);

}  // namespace ray_init_agent
