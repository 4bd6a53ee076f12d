// From argv to an exit code: the command table, kubectl's global flags, errors on stderr.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/command.h"

namespace kubectl_ray {

// Parses `arguments` (without argv[0]), runs the one leaf command they name and returns the exit code. Prints
// to io.err what went wrong. Never throws.
int RunApp(std::vector<std::string> arguments, Streams& io, Environment environment,
           shared::Interrupt& interrupt);

}  // namespace kubectl_ray
