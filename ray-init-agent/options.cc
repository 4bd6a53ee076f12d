#include "ray-init-agent/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "ray-init-agent/exit_codes.h"
#include "shared/duration.h"
#include "shared/split.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

struct CommandRow {
  Command command;
  const char* name;
  const char* usage;
  const char* help;
};

constexpr std::array kCommands = {
    CommandRow{
        kStart, "start", "start [flags]",
        "Waits for the GCS (a worker), checks the node, and runs `ray start --block` as its child: the "
        "entrypoint of a Ray container."},
    CommandRow{kRun, "run", "run [flags] -- COMMAND [ARGUMENT...]",
               "Runs any command as its child, as `start` does with Ray."},
    CommandRow{kWaitGcs, "wait-gcs", "wait-gcs [flags]",
               "Waits until the GCS answers, and ends with 0: for an init container."},
    CommandRow{kHealth, "health", "health [flags]",
               "Ends with 0 if this node's Ray is healthy, else with 1: for exec probes."},
    CommandRow{
        kInstall, "install", "install DIR",
        "Copies this program to DIR/ray-init-agent, and writes DIR/bash_env, the file for BASH_ENV that "
        "puts wait-gcs into KubeRay's wait-gcs-ready container."},
};

constexpr Flag kFlags[] = {
    {"node-type", "RAY_INIT_AGENT_NODE_TYPE", FlagKind::kChoice, kStart | kHealth, "", "head|worker",
     "What this pod is. Without it, KUBERAY_GEN_RAY_START_CMD decides."},
    {"params", "RAY_START_PARAMS", FlagKind::kText, kStart | kHealth, "", "JSON",
     "rayStartParams as a JSON map. Without any params, KUBERAY_GEN_RAY_START_CMD is read."},
    {"params-file", "RAY_INIT_AGENT_PARAMS_FILE", FlagKind::kText, kStart | kHealth, "", "FILE",
     "A file with the same; --params wins key by key."},
    {"param", "RAY_INIT_AGENT_PARAM", FlagKind::kList, kStart | kHealth, "", "KEY=VALUE",
     "One of rayStartParams; may be repeated, wins over the others."},
    {"ray", "RAY_INIT_AGENT_RAY", FlagKind::kText, kStart | kHealth | kWaitGcs, "ray", "PROGRAM",
     "Ray's own command."},
    {"dry-run", "RAY_INIT_AGENT_DRY_RUN", FlagKind::kBool, kStart, "false", "",
     "Prints the command that would be run, and ends."},
    {"output", "RAY_INIT_AGENT_OUTPUT", FlagKind::kChoice, kStart, "lines", "lines|json",
     "How --dry-run prints it: one argument a line, or a JSON list."},
    {"address", "RAY_INIT_AGENT_ADDRESS", FlagKind::kText, kStart | kHealth | kWaitGcs, "", "HOST:PORT",
     "The GCS. Without it: address of rayStartParams, FQ_RAY_IP and RAY_PORT, RAY_ADDRESS."},
    {"setup", "RAY_INIT_AGENT_SETUP", FlagKind::kText, kStart, "", "DIR",
     "Runs the executable files in DIR, in the order of their names, before anything else."},
    {"wait", "RAY_INIT_AGENT_WAIT", FlagKind::kBool, kStart, "true", "",
     "Whether to wait first: for the GCS (a worker), for the pod's own certificate (with RAY_USE_TLS)."},
    {"gcs-timeout", "RAY_INIT_AGENT_GCS_TIMEOUT", FlagKind::kDuration, kStart | kWaitGcs, "1h", "DURATION",
     "How long to wait for the GCS."},
    {"version-check", "RAY_INIT_AGENT_VERSION_CHECK", FlagKind::kBool, kStart | kWaitGcs, "true", "",
     "Whether the head's Ray version has to be this image's."},
    {"pod-ip", "POD_IP", FlagKind::kText, kStart | kWaitGcs, "", "ADDRESS",
     "The pod's own address, which its certificate has to name. Without it, the address it sends from."},
    {"open-files", "RAY_START_ULIMIT_OPEN_FILES", FlagKind::kInteger, kStart, "65536", "N",
     "The limit of open files Ray gets, as far as the node allows."},
    {"cpu-limit", "RAY_INIT_AGENT_CPU_LIMIT", FlagKind::kInteger, kStart, "", "N",
     "num-cpus if rayStartParams have none (downward API: limits.cpu). Without it, the cgroup's limit."},
    {"cpu-request", "RAY_INIT_AGENT_CPU_REQUEST", FlagKind::kInteger, kStart, "", "N",
     "num-cpus if there is no CPU limit either (downward API: requests.cpu)."},
    {"memory-limit", "RAY_INIT_AGENT_MEMORY_LIMIT", FlagKind::kInteger, kStart, "", "BYTES",
     "memory if rayStartParams have none (downward API: limits.memory). Without it, the cgroup's "
     "limit."},
    {"gpu-limit", "RAY_INIT_AGENT_GPU_LIMIT", FlagKind::kInteger, kStart, "", "N",
     "num-gpus if rayStartParams have none."},
    {"grace-period", "RAY_INIT_AGENT_GRACE_PERIOD", FlagKind::kDuration, kStart, "30s", "DURATION",
     "The pod's terminationGracePeriodSeconds: a drain ends ten seconds before it."},
    {"drain", "RAY_INIT_AGENT_DRAIN", FlagKind::kBool, kStart, "true", "",
     "Whether a worker asked to end first has the GCS move its work away."},
    {"watchdog", "RAY_INIT_AGENT_WATCHDOG", FlagKind::kBool, kStart, "true", "",
     "Whether a worker ends whose GCS is lost, or came back as another cluster."},
    {"gcs-silence", "RAY_gcs_rpc_server_reconnect_timeout_s", FlagKind::kDuration, kStart, "60s", "DURATION",
     "How long the GCS may be silent before the watchdog ends a worker; Ray's own limit."},
    {"preflight", "RAY_INIT_AGENT_PREFLIGHT", FlagKind::kBool, kStart, "true", "",
     "Whether ports, shared memory, temp dir and address are looked at before Ray is started."},
    {"health-port", "RAY_INIT_AGENT_HEALTH_PORT", FlagKind::kInteger, kStart, "0", "PORT",
     "Serves /healthz, /readyz (for httpGet probes) and /metrics there once Ray was started; 0: nowhere."},
    {"termination-message-path", "RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH", FlagKind::kText,
     kStart | kRun | kWaitGcs | kInstall, "/dev/termination-log", "FILE",
     "The pod's terminationMessagePath, which gets the reason of this container's end."},
    {"live", "RAY_INIT_AGENT_LIVE", FlagKind::kBool, kHealth, "false", "",
     "Asks only whether the raylet is alive, as a liveness probe should."},
    {"ready", "RAY_INIT_AGENT_READY", FlagKind::kBool, kHealth, "false", "",
     "Asks for all a ready node needs: the raylet and, on the head, GCS and dashboard. This is the "
     "default."},
    {"health-timeout", "RAY_INIT_AGENT_HEALTH_TIMEOUT", FlagKind::kDuration, kHealth, "4s", "DURATION",
     "How long to wait for an answer; keep it below the probe's timeoutSeconds."},
    {"logs", "RAY_INIT_AGENT_LOGS", FlagKind::kChoice, kStart | kRun, "text", "text|json|off",
     "How log files are copied to stdout: `[raylet] line`, one JSON object a record, or not at all."},
    {"logs-dir", "RAY_INIT_AGENT_LOGS_DIR", FlagKind::kText, kStart | kRun, "", "DIR",
     "The directory of the log files. Without it, `start` follows its temp dir's session_latest/logs, and "
     "`run` none."},
    {"logs-include", "RAY_INIT_AGENT_LOGS_INCLUDE", FlagKind::kList, kStart | kRun, "", "GLOB",
     "Copies only files that match, by name (worker-*) or by path below the directory (events/*)."},
    {"logs-exclude", "RAY_INIT_AGENT_LOGS_EXCLUDE", FlagKind::kList, kStart | kRun,
     "debug_state*.txt\nmemray/*\nnsight/*\nprofiles/*", "GLOB",
     "Leaves out files that match. The default ones are rewritten every few seconds, or are profiles."},
    {"logs-quota", "RAY_INIT_AGENT_LOGS_QUOTA", FlagKind::kBytes, kStart | kRun, "0", "BYTES",
     "Removes the oldest rotated files and files in old/ above this size (2Gi); 0: never."},
    {"logs-max-age", "RAY_INIT_AGENT_LOGS_MAX_AGE", FlagKind::kDuration, kStart | kRun, "0", "DURATION",
     "Removes rotated files and files in old/ that were last written longer ago; 0: never."},
    {"logs-quota-interval", "RAY_INIT_AGENT_LOGS_QUOTA_INTERVAL", FlagKind::kDuration, kStart | kRun, "1m",
     "DURATION", "How often the two are applied."},
    {"kill-after", "RAY_INIT_AGENT_KILL_AFTER", FlagKind::kDuration, kStart | kRun, "0", "DURATION",
     "From the signal that ends the child to SIGKILL for its process group; 0: never."},
    {"hurried-kill-after", "RAY_INIT_AGENT_HURRIED_KILL_AFTER", FlagKind::kDuration, kStart | kRun, "2s",
     "DURATION", "The same after a second SIGTERM or SIGINT. A third kills at once."},
};

const CommandRow* FindCommand(std::string_view name) {
  for (const CommandRow& row : kCommands)
    if (row.name == name) return &row;
  return nullptr;
}

const Flag* FindFlag(std::string_view name) {
  for (const Flag& flag : Flags())
    if (flag.name == name) return &flag;
  return nullptr;
}

shared::Unexpected<shared::Error> Refuse(const std::string& source, const std::string& value,
                                         const std::string& what, const std::string& hint) {
  return Fail(ErrorCode::kUsage, source + " \"" + value + "\" is not " + what, hint);
}

bool IsChoice(std::string_view choices, std::string_view value) {
  const auto all = shared::Split(choices, '|');
  return std::find(all.begin(), all.end(), value) != all.end();
}

// Parses a number, perhaps followed by Ki, Mi, Gi or Ti.
std::optional<std::uint64_t> ParseBytes(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  int shift = 0;
  for (std::string_view known : {"", "Ki", "Mi", "Gi", "Ti"}) {
    if (unit == known && number <= UINT64_MAX >> shift) return number << shift;
    shift += 10;
  }
  return std::nullopt;
}

// Returns the value in its one spelling, or why it is refused; `source` is "--flag" or the variable.
Result<std::string> CheckValue(const Flag& flag, const std::string& source, std::string value) {
  switch (flag.kind) {
    case FlagKind::kText:
    case FlagKind::kList:
      return value;
    case FlagKind::kBool:
      if (value == "1" || value == "true") return std::string("true");
      if (value == "0" || value == "false") return std::string("false");
      return Refuse(source, value, "true or false", "Write true or false.");
    case FlagKind::kDuration:
      TRY(shared::ParseDuration(source, value));
      return value;
    case FlagKind::kInteger: {
      std::int64_t number = 0;
      const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (code != std::errc() || end != value.data() + value.size() || number < 0)
        return Refuse(source, value, "a whole number", "Write a number from 0 up.");
      return value;
    }
    case FlagKind::kBytes:
      if (ParseBytes(value)) return value;
      return Refuse(source, value, "a number of bytes", "Write a number such as 512Mi or 2Gi.");
    case FlagKind::kChoice:
      if (IsChoice(flag.value, value)) return value;
      return Refuse(source, value, std::string("one of ") + flag.value, "Write one of them.");
  }
  return value;
}

shared::Status SetFlag(const Flag& flag, const std::string& source, std::string value, Options* options) {
  ASSIGN_OR_RETURN(std::string checked, CheckValue(flag, source, std::move(value)));
  if (flag.kind == FlagKind::kList && options->Given(flag.name))
    checked = options->Text(flag.name) + "\n" + checked;
  options->Set(flag.name, std::move(checked));
  return shared::Ok();
}

// Reads one flag at arguments[*at], with its value there or in the next argument.
shared::Status ReadFlag(const std::vector<std::string>& arguments, std::size_t* at, Options* options) {
  std::string name = arguments[*at].substr(2);
  std::string value;
  const std::size_t equals = name.find('=');
  if (equals != std::string::npos) {
    value = name.substr(equals + 1);
    name.resize(equals);
  }
  const Flag* flag = FindFlag(name);
  if (flag == nullptr || (flag->commands & options->command) == 0) {
    std::vector<std::string> names;
    for (const Flag& known : Flags())
      if ((known.commands & options->command) != 0) names.push_back(std::string("--") + known.name);
    return Fail(ErrorCode::kUsage, "unknown flag \"--" + name + "\"", shared::DidYouMean("--" + name, names));
  }
  const std::string source = "--" + name;
  if (equals == std::string::npos) {
    if (flag->kind == FlagKind::kBool) {
      value = "true";
    } else if (*at + 1 == arguments.size()) {
      return Fail(ErrorCode::kUsage, source + " needs a value", "Write " + source + "=" + flag->value + ".");
    } else {
      value = arguments[++*at];
    }
  }
  return SetFlag(*flag, source, std::move(value), options);
}

shared::Status ReadVariables(const shared::Variables& environment, Options* options) {
  for (const Flag& flag : Flags()) {
    if ((flag.commands & options->command) == 0 || options->Given(flag.name)) continue;
    auto value = environment(flag.variable);
    if (value && !value->empty()) TRY(SetFlag(flag, flag.variable, *std::move(value), options));
  }
  return shared::Ok();
}

shared::Status CheckArguments(const Options& options) {
  const std::size_t count = options.arguments.size();
  if (options.command == kInstall && count != 1)
    return Fail(ErrorCode::kUsage, "install takes one directory", "Write: ray-init-agent install DIR");
  if (options.command == kRun && count == 0)
    return Fail(ErrorCode::kUsage, "run has no command", "Write: ray-init-agent run -- COMMAND");
  if (options.command != kInstall && options.command != kRun && count != 0)
    return Fail(ErrorCode::kUsage, "unexpected argument \"" + options.arguments[0] + "\"",
                "Flags begin with --; `ray-init-agent help` lists them.");
  return shared::Ok();
}

std::string FlagHelp(const Flag& flag) {
  std::string text = std::string("  --") + flag.name;
  if (flag.kind != FlagKind::kBool) text += std::string(" ") + flag.value;
  text += std::string("\n      ") + flag.help + "\n      Variable: " + flag.variable;
  if (flag.fallback[0] != '\0') text += ". Default: ";
  for (const char* c = flag.fallback; *c != '\0'; ++c)
    text += *c == '\n' ? std::string(", ") : std::string(1, *c);
  return text + ".\n";
}

std::string CommandHelp(const CommandRow& row) {
  std::string text = std::string("Usage: ray-init-agent ") + row.usage + "\n\n" + row.help + "\n";
  bool any = false;
  for (const Flag& flag : Flags()) {
    if ((flag.commands & row.command) == 0) continue;
    if (!any) text += "\nFlags:\n";
    any = true;
    text += FlagHelp(flag);
  }
  return text;
}

std::string ExitCodesHelp() {
  std::string text = "\nExit codes: the child's own, or 128 + the signal it died of; of the agent's own:\n";
  for (int code = 0; code < 128; ++code) {
    const std::string_view name = ExitCodeName(code);
    if (name.empty()) continue;
    char line[64];
    std::snprintf(line, sizeof line, "  %3d  %s\n", code, name.data());
    text += line;
  }
  return text;
}

}  // namespace

std::span<const Flag> Flags() { return kFlags; }

std::string Options::Text(const std::string& name) const {
  auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  const Flag* flag = FindFlag(name);
  return flag == nullptr ? "" : flag->fallback;
}

std::vector<std::string> Options::List(const std::string& name) const {
  const std::string text = Text(name);
  std::vector<std::string> list;
  for (std::string_view item : shared::Split(text, '\n'))
    if (!item.empty()) list.emplace_back(item);
  return list;
}

std::chrono::milliseconds Options::Duration(const std::string& name) const {
  return shared::ParseDuration(name, Text(name)).value_or(std::chrono::milliseconds(0));
}

std::int64_t Options::Integer(const std::string& name) const {
  const std::string text = Text(name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::uint64_t Options::Bytes(const std::string& name) const { return ParseBytes(Text(name)).value_or(0); }

Result<Options> ParseOptions(const std::vector<std::string>& arguments,
                             const shared::Variables& environment) {
  const CommandRow* row = arguments.empty() ? nullptr : FindCommand(arguments[0]);
  if (row == nullptr) {
    std::vector<std::string> names;
    for (const CommandRow& known : kCommands) names.emplace_back(known.name);
    if (arguments.empty())
      return Fail(ErrorCode::kUsage, "no subcommand is given", "`ray-init-agent help` lists them.");
    const std::string hint = shared::DidYouMean(arguments[0], names);
    return Fail(ErrorCode::kUsage, "unknown subcommand \"" + arguments[0] + "\"",
                hint.empty() ? "`ray-init-agent help` lists them." : hint);
  }
  Options options;
  options.command = row->command;
  for (std::size_t at = 1; at < arguments.size(); ++at) {
    if (arguments[at] == "--") {
      options.arguments.insert(options.arguments.end(),
                               arguments.begin() + static_cast<std::ptrdiff_t>(at) + 1, arguments.end());
      break;
    }
    if (arguments[at].starts_with("--")) {
      TRY(ReadFlag(arguments, &at, &options));
    } else {
      options.arguments.push_back(arguments[at]);
    }
  }
  TRY(ReadVariables(environment, &options));
  TRY(CheckArguments(options));
  return options;
}

std::string HelpText(std::string_view command_name) {
  if (const CommandRow* row = FindCommand(command_name)) return CommandHelp(*row);
  std::string text = "The entrypoint of a Ray pod.\n\nUsage: ray-init-agent COMMAND [flags]\n\nCommands:\n";
  for (const CommandRow& row : kCommands)
    text += std::string("  ") + row.usage + "\n      " + row.help + "\n";
  text +=
      "  help [COMMAND]\n      Prints this, or a command's flags.\n  version\n      Prints the version.\n";
  return text + ExitCodesHelp();
}

}  // namespace ray_init_agent
