// From argv to an exit code: one leaf of the table of commands is run, errors go to stderr.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kubectl-ray/cli/command_tree.h"

namespace kubectl_ray {

// Parses `arguments` (without argv[0]), runs the one leaf of `commands` that they name and returns the exit
// code. Prints to io.err what went wrong. Never throws.
int RunApp(std::span<const Command> commands, std::vector<std::string> arguments, Streams& io,
           Environment environment, shared::Interrupt& interrupt);

}  // namespace kubectl_ray
