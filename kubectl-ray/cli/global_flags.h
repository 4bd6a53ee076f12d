// kubectl's own flags, which every command takes.
#pragma once

#include <CLI/CLI.hpp>

#include "kubectl-ray/cli/command.h"

namespace kubectl_ray {

void AddGlobalFlags(CLI::App& root, GlobalOptions* global);

}  // namespace kubectl_ray
