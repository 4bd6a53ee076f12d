// The help text of every command: the one place that says how it looks. docs/generate reads it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "kubectl-ray/cli/command_tree.h"

namespace kubectl_ray {

// Those that are shown; others are there for programs.
std::vector<const CLI::App*> Subcommands(const CLI::App& command);

// "kubectl ray job submit"
std::string CommandPath(const CLI::App& command);

// kubectl's own flags, which every command takes and no command's help repeats.
std::string GlobalFlagsHelp(const CLI::App& root);

// What --help prints: description, usage, arguments, flags, commands by group, exit codes, notes, examples.
// Lines of prose and flags are at most 100 columns wide; an example is printed as it is. `tree` must outlive
// it.
class HelpFormatter : public CLI::FormatterBase {
 public:
  explicit HelpFormatter(const CommandTree& tree) : tree_(tree) {}
  std::string make_help(const CLI::App* command, std::string name, CLI::AppFormatMode mode) const override;

 private:
  const CommandTree& tree_;
};

}  // namespace kubectl_ray
