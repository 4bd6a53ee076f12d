#include "ray-init-agent/app.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "ray-init-agent/command.h"
#include "ray-init-agent/note.h"
#include "ray-init-agent/stdout.h"
#include "ray-init-agent/termination_message.h"

namespace ray_init_agent {
namespace {

std::optional<std::string> Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

int Report(const Failure& failure, const std::string& termination_message_path) {
  Note("error: " + failure.error.message);
  if (!failure.error.hint.empty()) Note(failure.error.hint);
  Termination termination;
  termination.summary = failure.error.message;
  termination.hint = failure.error.hint;
  if (!termination_message_path.empty())
    // Best effort: stderr has it already, and outside of a pod there is no such file.
    (void)WriteTerminationMessage(termination_message_path, FormatTerminationMessage(termination));
  return failure.exit_code;
}

// Reports what fails before the options are known.
int ReportUsage(const shared::Error& error, bool is_probe) {
  if (is_probe) return Report({kExitUsage, error}, "");
  const std::string path = Environment("RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH").value_or("");
  return Report({kExitUsage, error}, path.empty() ? kDefaultTerminationMessagePath : path);
}

CommandBody BodyOf(Command command) {
  switch (command) {
    case kStart:
      return StartCommand;
    case kRun:
      return RunCommand;
    case kWaitGcs:
      return WaitGcsCommand;
    case kHealth:
      return HealthCommand;
    case kInstall:
      return InstallCommand;
  }
  return nullptr;
}

// Returns the text that is asked for instead of a command: its help, or the version. Nothing if it is
// neither.
std::optional<std::string> Answer(const std::vector<std::string>& arguments) {
  const std::string first = arguments.empty() ? "help" : arguments[0];
  if (first == "version" || first == "--version") return "ray-init-agent " RAY_VERSION "\n";
  if (first == "help") return HelpText(arguments.size() > 1 ? arguments[1] : "");
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument == "--help" || argument == "-h") return HelpText(first);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> CurrentEnvironment() {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  return environment;
}

int RunApp(const std::vector<std::string>& arguments) {
  if (const auto answer = Answer(arguments)) {
    if (shared::Status printed = Print(*answer); !printed) {
      Note("error: " + printed.error().message);
      return kExitInternal;
    }
    return kExitOk;
  }
  auto options = ParseOptions(arguments, Environment);
  if (!options) return ReportUsage(options.error(), arguments[0] == "health");
  const CommandContext context{*std::move(options), Environment};
  const shared::Result<int, Failure> code = BodyOf(context.options.command)(context);
  if (code) return *code;
  // A probe's message would hide the message of the container that it asks about.
  const bool has_message = context.options.command != kHealth;
  return Report(code.error(), has_message ? context.options.Text("termination-message-path") : "");
}

}  // namespace ray_init_agent
