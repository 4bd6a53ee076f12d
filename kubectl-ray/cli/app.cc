#include "kubectl-ray/cli/app.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "kubectl-ray/cli/command_line.h"
#include "kubectl-ray/cli/complete.h"
#include "kubectl-ray/cli/parse_error.h"
#include "kubectl-ray/cli/print_error.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;

// kubectl shows requests from level 6 on.
void LogRequests(int verbosity) {
  if (verbosity < 6) return;
  spdlog::set_default_logger(spdlog::stderr_logger_mt("kubectl-ray"));
  spdlog::set_level(spdlog::level::debug);
}

// kubectl ray help job submit
int PrintHelp(const CLI::App& root, const std::vector<std::string>& words, Streams& io) {
  const auto command = FindCommand(root, words);
  if (!command) {
    PrintError(io, command.error());
    return kExitUsage;
  }
  io.out << (*command)->help() << std::flush;
  return kExitOk;
}

int ExitCodeFor(const shared::Error& error) {
  if (error.code == ErrorCode::kInterrupted) return kExitInterrupted;
  return error.code == ErrorCode::kUsage ? kExitUsage : kExitFailure;
}

int RunCommand(const CLI::App& command, const Leaf* leaf, CommandContext& context) {
  if (leaf == nullptr) {  // there are only commands below it: kubectl ray get
    context.io.out << command.help();
    return command.get_parent() == nullptr ? kExitOk : kExitUsage;
  }
  shared::Result<int> code = leaf->body()(context);
  if (!code) PrintError(context.io, code.error());
  context.io.out.flush();
  if (!context.io.out.good() && code)
    PrintError(context.io,
               {ErrorCode::kInternal, "cannot write to stdout: the reader is gone or the disk is full"});
  if (!code) return ExitCodeFor(code.error());
  return context.io.out.good() ? *code : static_cast<int>(kExitFailure);
}

}  // namespace

int RunApp(std::span<const Command> commands, std::vector<std::string> arguments, Streams& io,
           Environment environment, shared::Interrupt& interrupt) {
  if (!arguments.empty() && arguments.front() == "__complete") {
    Complete(CommandTree(commands), {arguments.begin() + 1, arguments.end()}, io.out, environment, interrupt);
    return kExitOk;
  }
  if (!arguments.empty() && arguments.front() == "help")
    return PrintHelp(CommandTree(commands).root(), {arguments.begin() + 1, arguments.end()}, io);
  std::optional<CommandTree> tree(std::in_place, commands, arguments);
  auto parsed = tree->Parse(arguments);
  if (!parsed && tree->Find(&NamedCommand(tree->root(), arguments)) == nullptr) {
    // A flag in front may be one of a command that is not named.
    tree.emplace(commands);
    parsed = tree->Parse(arguments);
  }
  if (!parsed) {
    PrintError(io, parsed.error());
    return kExitUsage;
  }
  if (parsed->help) {
    io.out << parsed->command->help() << std::flush;
    return kExitOk;
  }
  LogRequests(tree->global().verbosity);
  CommandContext context(tree->global(), io, std::move(environment), interrupt);
  return RunCommand(*parsed->command, tree->Find(parsed->command), context);
}

}  // namespace kubectl_ray
