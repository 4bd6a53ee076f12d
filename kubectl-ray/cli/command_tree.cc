#include "kubectl-ray/cli/command_tree.h"

#include <algorithm>
#include <sstream>

#include "kubectl-ray/cli/command_line.h"
#include "kubectl-ray/cli/global_flags.h"
#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/cli/parse_error.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Result;
using shared::Unexpected;

const char* Title(Group group) {
  switch (group) {
    case Group::kClusters:
      return "Clusters";
    case Group::kLauncher:
      return "Clusters from a file, with the verbs of `ray up`";
    case Group::kJobs:
      return "Ray jobs";
    case Group::kWork:
      return "Work with a cluster";
    case Group::kLook:
      return "Look and mend";
    case Group::kOther:
      return "Other commands";
    case Group::kHidden:
      break;
  }
  return "";
}

bool TakesOneArgument(const CLI::App& command) {
  return command.get_options([](const CLI::Option* o) { return o->get_positional(); }).size() == 1;
}

// Whether the command and each above it, up to the program, are among the words.
bool MayName(const std::vector<std::string>& words, const CLI::App* command) {
  const auto is_name = [&](const std::string& word) { return command->check_name(word); };
  for (; command->get_parent() != nullptr; command = command->get_parent())
    if (std::none_of(words.begin(), words.end(), is_name)) return false;
  return true;
}

}  // namespace

CommandTree::CommandTree(std::span<const Command> commands) : CommandTree(commands, nullptr) {}

CommandTree::CommandTree(std::span<const Command> commands, const std::vector<std::string>& words)
    : CommandTree(commands, &words) {}

CommandTree::CommandTree(std::span<const Command> commands, const std::vector<std::string>* words)
    : root_("Run Ray on Kubernetes: clusters, jobs, logs and ports, with or without the KubeRay operator.",
            "kubectl ray") {
  AddGlobalFlags(root_, &global_);
  root_.formatter(std::make_shared<HelpFormatter>(*this));
  for (const Command& command : commands) Add(command, words);
}

void CommandTree::Add(const Command& command, const std::vector<std::string>* words) {
  std::istringstream path(command.path);
  CLI::App* app = &root_;
  for (std::string word; path >> word;) {
    CLI::App* below = app->get_subcommand_no_throw(word);
    app = below != nullptr ? below : app->add_subcommand(word);
  }
  app->description(command.summary);
  app->group(Title(command.group));
  if (!command.alias.empty()) app->alias(command.alias);
  if (!command.declare || (words != nullptr && !MayName(*words, app))) return;
  command.declare(leaves_.try_emplace(app, app).first->second);
}

const Leaf* CommandTree::Find(const CLI::App* command) const {
  const auto found = leaves_.find(command);
  return found == leaves_.end() ? nullptr : &found->second;
}

Result<CommandTree::Parsed> CommandTree::Parse(const std::vector<std::string>& words) {
  ASSIGN_OR_RETURN(CommandLine line, ReadCommandLine(root_, words));
  const CLI::App& command = *line.command;
  const Leaf* leaf = Find(&command);
  if (leaf != nullptr && leaf->joins_arguments() != nullptr && TakesOneArgument(command))
    if (auto joined = leaf->joins_arguments()(line.arguments); joined.size() == 1)
      line.arguments = std::move(joined);
  Result<std::vector<std::string>> for_parser = WordsForParser(line);
  if (!for_parser) {
    shared::Error error = std::move(for_parser).error();
    if (!line.awaiting && !line.program && leaf != nullptr && leaf->takes_program())
      error.hint = "A program stands after `--`. " + error.hint;
    return Unexpected(std::move(error));
  }
  try {
    std::reverse(for_parser->begin(), for_parser->end());  // CLI11 takes them from the back
    root_.parse(*std::move(for_parser));
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != static_cast<int>(CLI::ExitCodes::Success))
      return Unexpected(UsageErrorFor(command, e));
    return Parsed{&command, true};
  }
  if (line.program && leaf != nullptr && !leaf->takes_program())
    return shared::Fail(ErrorCode::kUsage, "\"" + CommandPath(command) + "\" takes nothing after `--`",
                        SeeHelp(command));
  global_.program = std::move(line.program);
  return Parsed{&command, false};
}

}  // namespace kubectl_ray
