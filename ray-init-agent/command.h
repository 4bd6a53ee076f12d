// What every subcommand has in common: how it enters the command table and what it runs with.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ray-init-agent/exit_codes.h"
#include "shared/result.h"

namespace ray_init_agent {

// A failure of the agent's own: what it exits with, and what it prints and leaves as termination message.
struct Failure {
  int exit_code = kExitInternal;
  shared::Error error;
};

inline shared::Unexpected<Failure> FailWith(int exit_code, shared::Error error) {
  return shared::Unexpected<Failure>(Failure{exit_code, std::move(error)});
}

struct CommandContext {
  // What stands behind `--`, byte for byte; nothing where there was no `--`.
  std::optional<std::vector<std::string>> program;
  // --termination-message-path; empty: no message is written.
  std::string termination_message_path;
};

// Runs the subcommand; its exit code, or the failure that RunApp() prints.
using CommandBody = std::function<shared::Result<int, Failure>(CommandContext&)>;

enum class TakesProgram { kNo, kYes };

// CLI11 subcommand → body.
class CommandTable {
 public:
  struct Entry {
    CommandBody body;
    TakesProgram takes_program = TakesProgram::kNo;
  };

  void Add(const CLI::App* command, CommandBody body, TakesProgram takes_program = TakesProgram::kNo) {
    entries_[command] = {std::move(body), takes_program};
  }
  // The entry of the subcommand that was parsed, or nullptr.
  const Entry* Find(const CLI::App* command) const {
    const auto found = entries_.find(command);
    return found == entries_.end() ? nullptr : &found->second;
  }

 private:
  std::map<const CLI::App*, Entry> entries_;
};

// One for each subcommand, in the file named after it: run.cc has AddRun().
void AddRun(CLI::App& root, CommandTable& table);

}  // namespace ray_init_agent
