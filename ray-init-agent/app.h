// From argv and environment to an exit code.
#pragma once

#include <string>
#include <vector>

namespace ray_init_agent {

// Runs the one subcommand that `arguments` (argv without the program) name, and returns the process's exit
// code. Blocks until the subcommand has ended. Never throws.
int RunApp(const std::vector<std::string>& arguments);

}  // namespace ray_init_agent
