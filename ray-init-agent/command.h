// What all subcommands share: their context, and how they fail.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ray-init-agent/exit_codes.h"
#include "ray-init-agent/options.h"
#include "shared/result.h"
#include "shared/shell_words.h"

namespace ray_init_agent {

// A failure of the agent's own: its exit code, and the error that is printed and left as termination message.
struct Failure {
  int exit_code = kExitInternal;
  shared::Error error;
};

inline shared::Unexpected<Failure> FailWith(int exit_code, shared::Error error) {
  return shared::Unexpected<Failure>(Failure{exit_code, std::move(error)});
}

struct CommandContext {
  Options options;
  shared::Variables environment;
};

// A subcommand's body, in the file named after it. Returns the exit code, or the failure that RunApp()
// prints. Blocks until the subcommand has ended.
using CommandBody = shared::Result<int, Failure> (*)(const CommandContext&);

shared::Result<int, Failure> StartCommand(const CommandContext& context);
shared::Result<int, Failure> RunCommand(const CommandContext& context);
shared::Result<int, Failure> WaitGcsCommand(const CommandContext& context);
shared::Result<int, Failure> HealthCommand(const CommandContext& context);
shared::Result<int, Failure> InstallCommand(const CommandContext& context);

// The environment of this process, each variable as "NAME=value".
std::vector<std::string> CurrentEnvironment();

}  // namespace ray_init_agent
