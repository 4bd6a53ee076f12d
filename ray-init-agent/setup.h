// The steps that a container runs before its Ray: the files of one directory, as docker-entrypoint.d has
// them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ray-init-agent/command.h"
#include "shared/interrupt.h"

namespace ray_init_agent {

// Returns the names of the files in `directory`, sorted bytewise. Those that begin with a dot (a mounted
// Secret's own links) and directories are no steps. kNotFound or kUnavailable if it cannot be read.
shared::Result<std::vector<std::string>> SetupSteps(const std::string& directory);

// Runs the steps of --setup one after the other, each as a child of its own that is executed as it is (its
// `#!` line says by what), with its output in the container's log as `[setup] line`. Blocks until the last
// has ended. Returns nothing if Ray may start. Returns an exit code if the container is to end: kExitSetup
// after the first step that failed, which the termination message names with the last lines of its output,
// and kExitOk if a signal asked to end.
shared::Result<std::optional<int>, Failure> RunSetup(const CommandContext& context,
                                                     const shared::Interrupt& interrupt);

}  // namespace ray_init_agent
