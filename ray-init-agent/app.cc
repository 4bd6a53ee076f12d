#include "ray-init-agent/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "ray-init-agent/command.h"
#include "ray-init-agent/note.h"
#include "ray-init-agent/termination_message.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

// Takes `--` and all behind it off the arguments: CLI11 would split a program's argument such as "[1,2]".
std::optional<std::vector<std::string>> TakeProgram(std::vector<std::string>* arguments) {
  const auto dashes = std::find(arguments->begin(), arguments->end(), "--");
  if (dashes == arguments->end()) return std::nullopt;
  std::vector<std::string> program(dashes + 1, arguments->end());
  arguments->erase(dashes, arguments->end());
  return program;
}

int Report(const Failure& failure, const CommandContext& context) {
  Note("error: " + failure.error.message);
  if (!failure.error.hint.empty()) Note(failure.error.hint);
  Termination termination;
  termination.summary = failure.error.message;
  termination.hint = failure.error.hint;
  if (!context.termination_message_path.empty())
    // Best effort: stderr has it already, and outside of a pod there is no such file.
    (void)WriteTerminationMessage(context.termination_message_path, FormatTerminationMessage(termination));
  return failure.exit_code;
}

int RunCommand(const CLI::App& root, const CommandTable& table, CommandContext& context) {
  if (root.get_subcommands().empty()) {
    std::fputs(root.help().c_str(), stdout);
    return kExitOk;
  }
  const CLI::App* chosen = root.get_subcommands().front();
  const CommandTable::Entry* entry = table.Find(chosen);
  const std::string name = "\"ray-init-agent " + chosen->get_name() + "\"";
  const std::string hint = "See `ray-init-agent " + chosen->get_name() + " --help`.";
  const bool takes_program = entry->takes_program == TakesProgram::kYes;
  if (context.program && !takes_program)
    return Report({kExitUsage, {shared::ErrorCode::kUsage, name + " takes nothing behind `--`", hint}},
                  context);
  if (takes_program && (!context.program || context.program->empty()))
    return Report({kExitUsage, {shared::ErrorCode::kUsage, name + " needs a command behind `--`", hint}},
                  context);
  const shared::Result<int, Failure> code = entry->body(context);
  return code ? *code : Report(code.error(), context);
}

}  // namespace

int RunApp(std::vector<std::string> arguments) {
  CommandContext context;
  context.program = TakeProgram(&arguments);
  context.termination_message_path = kDefaultTerminationMessagePath;
  CommandTable table;
  CLI::App root("The entrypoint of a Ray pod.", "ray-init-agent");
  root.set_version_flag("--version", "ray-init-agent " RAY_VERSION);
  root.add_option("--termination-message-path", context.termination_message_path,
                  "The pod's terminationMessagePath, told why this container ends; empty: none")
      ->envname("RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH")
      ->capture_default_str();
  root.fallthrough();
  AddRun(root, table);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    root.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return root.exit(e);
    return Report({kExitUsage, {shared::ErrorCode::kUsage, e.what(), "See `ray-init-agent --help`."}},
                  context);
  }
  return RunCommand(root, table, context);
}

}  // namespace ray_init_agent
