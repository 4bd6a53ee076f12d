#include "ray-init-agent/plan.h"

#include <charconv>
#include <optional>

#include "ray-init-agent/files.h"
#include "ray-init-agent/temp_dir.h"

namespace ray_init_agent {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::RayNodeType;
using shared::RayStartCommand;
using shared::RayStartParams;
using shared::Result;

constexpr const char* kGeneratedCommand = "KUBERAY_GEN_RAY_START_CMD";

std::string NonEmpty(const shared::Variables& environment, const char* name) {
  return environment(name).value_or("");
}

// Reads --params-file, --params and --param; each wins over those before it.
Result<RayStartParams> OwnParams(const Options& options) {
  RayStartParams params;
  for (const char* source : {"params-file", "params"}) {
    std::string text = options.Text(source);
    if (text.empty()) continue;
    if (std::string_view(source) == "params-file") {
      ASSIGN_OR_RETURN(text, ReadSmallFile(options.Text(source)));
    }
    ASSIGN_OR_RETURN(RayStartParams read, shared::ParseRayStartParams(text));
    for (auto& [key, value] : read) params[key] = std::move(value);
  }
  RayStartParams named;
  for (const std::string& param : options.List("param")) {
    const std::size_t equals = param.find('=');
    if (equals == std::string::npos || equals == 0)
      return Fail(ErrorCode::kUsage, "--param \"" + param + "\" is not key=value",
                  "Write --param num-cpus=2.");
    if (!named.emplace(param.substr(0, equals), param.substr(equals + 1)).second)
      return Fail(ErrorCode::kUsage, "--param \"" + param.substr(0, equals) + "\" is given twice",
                  "Remove one of the two.");
  }
  for (auto& [key, value] : named) params[key] = value;
  return params;
}

// Returns what to start: our own params if there are any, else KubeRay's command line.
Result<RayStartCommand> FindCommand(const Options& options, const shared::Variables& environment) {
  std::optional<RayStartCommand> generated;
  if (const std::string text = NonEmpty(environment, kGeneratedCommand); !text.empty()) {
    ASSIGN_OR_RETURN(generated, shared::ParseRayStartCommand(text, environment));
  }
  RayStartCommand command;
  const bool own_params = options.Given("params") || options.Given("params-file") || options.Given("param");
  if (own_params || !generated) {
    ASSIGN_OR_RETURN(command.params, OwnParams(options));
  } else {
    command.params = generated->params;
  }
  if (options.Given("node-type")) {
    command.node_type = options.Text("node-type") == "head" ? RayNodeType::kHead : RayNodeType::kWorker;
    if (generated && generated->node_type != command.node_type)
      return Fail(ErrorCode::kUsage,
                  "node type \"" + options.Text("node-type") + "\" contradicts " + kGeneratedCommand,
                  "Remove RAY_INIT_AGENT_NODE_TYPE: the operator's command decides it.");
  } else if (generated) {
    command.node_type = generated->node_type;
  } else {
    return Fail(ErrorCode::kUsage, "the node type is not known",
                "Set RAY_INIT_AGENT_NODE_TYPE to head or worker.");
  }
  return command;
}

// Puts all complaints into one error: a pod that shows one at a time needs a restart for each.
shared::Status Check(const RayStartParams& params, RayNodeType node_type,
                     const shared::Variables& environment, const std::optional<shared::RayRelease>& release) {
  std::string message, hint;
  for (const shared::Error& error : shared::CheckRayStartParams(params, node_type, environment, release)) {
    message += (message.empty() ? "" : "; ") + error.message;
    hint += (hint.empty() ? "" : " ") + error.hint;
  }
  return message.empty() ? shared::Ok() : shared::Status(Fail(ErrorCode::kUsage, message, hint));
}

Result<std::uint16_t> HealthPort(const Options& options) {
  const std::int64_t port = options.Integer("health-port");
  if (port > UINT16_MAX)
    return Fail(ErrorCode::kUsage, "--health-port \"" + std::to_string(port) + "\" is not a port",
                "Write a number up to 65535.");
  return static_cast<std::uint16_t>(port);
}

std::map<std::string, std::string> OptionsOf(const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> options;
  for (const std::string& argument : arguments) {
    if (!argument.starts_with("--")) continue;
    const std::size_t equals = std::min(argument.find('='), argument.size());
    options[argument.substr(2, equals - 2)] = equals == argument.size() ? "" : argument.substr(equals + 1);
  }
  return options;
}

// Returns the hosts at which a dashboard that was given this host answers from inside its pod. Ray's "::"
// takes no IPv4 connections. `health` does not know the pod's address, which made `start` choose that host
// (see HasIpv6Address()).
std::vector<std::string> HostsOf(const std::string& dashboard_host) {
  if (dashboard_host == "::") return {"::1", "127.0.0.1"};
  if (dashboard_host.empty() || dashboard_host == "0.0.0.0" || dashboard_host == "localhost")
    return {"127.0.0.1", "::1"};
  return {dashboard_host};
}

// Whether the pod's address is IPv6. The dashboard of such a pod is asked for at that address, but with
// KubeRay's default it listens on IPv4 alone.
bool HasIpv6Address(const RayStartParams& params, const Options& options) {
  const auto node = params.find("node-ip-address");
  const std::string address = node != params.end() ? node->second : options.Text("pod-ip");
  return address.find(':') != std::string::npos;
}

// A release before the first one with tokens takes every request, and does not report that it ignores the
// variable. The first two with tokens do not ask for them everywhere, so the hint names the one after those.
std::optional<shared::Error> IgnoredToken(const shared::Variables& environment,
                                          const std::optional<shared::RayRelease>& release) {
  constexpr shared::RayRelease kFirstWithTokens{2, 52}, kWholeCover{2, 54};
  if (!release || *release >= kFirstWithTokens || NonEmpty(environment, "RAY_AUTH_MODE") != "token")
    return std::nullopt;
  return shared::Error{ErrorCode::kUsage,
                       "RAY_AUTH_MODE \"token\" has no effect: Ray " + release->ToText() +
                           " has no tokens and takes every request",
                       "Use Ray " + kWholeCover.ToText() + " or later."};
}

}  // namespace

std::string Plan::RayOption(const std::string& name, const std::string& fallback) const {
  const auto found = ray.find(name);
  return found == ray.end() ? fallback : found->second;
}

std::uint16_t Plan::RayPort(const std::string& name, std::uint16_t fallback) const {
  const std::string text = RayOption(name);
  std::uint16_t port = fallback;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

HealthTargets Plan::health_targets() const {
  HealthTargets targets;
  // A head without a dashboard has nobody who can be asked about its GCS; `ray start --block` watches the
  // GCS.
  const std::string dashboard = RayOption("include-dashboard", "true");
  targets.head =
      is_head() && (dashboard == "true" || dashboard == "1" || dashboard == "yes" || dashboard == "on");
  targets.dashboard_hosts = HostsOf(RayOption("dashboard-host"));
  targets.dashboard_agent_port = RayPort("dashboard-agent-listen-port", targets.dashboard_agent_port);
  targets.dashboard_port = RayPort("dashboard-port", targets.dashboard_port);
  return targets;
}

Result<GcsAddress> FindGcsAddress(const Options& options, const shared::Variables& environment) {
  if (const std::string address = options.Text("address"); !address.empty()) return ParseGcsAddress(address);
  for (const char* name : {"FQ_RAY_IP", "RAY_IP"}) {
    const std::string host = NonEmpty(environment, name);
    if (host.empty()) continue;
    ASSIGN_OR_RETURN(GcsAddress address, ParseGcsAddress(host));
    if (const std::string port = NonEmpty(environment, "RAY_PORT"); !port.empty())
      return ParseGcsAddress(address.host.find(':') == std::string::npos ? address.host + ":" + port
                                                                         : "[" + address.host + "]:" + port);
    return address;
  }
  if (const std::string address = NonEmpty(environment, "RAY_ADDRESS"); !address.empty())
    return ParseGcsAddress(address);
  return Fail(ErrorCode::kUsage, "the address of the gcs is not known",
              "Set FQ_RAY_IP and RAY_PORT, or --address.");
}

Result<Plan> MakePlan(const Options& options, const shared::Variables& environment,
                      const shared::RayContainerLimits& limits,
                      const std::optional<shared::RayRelease>& release) {
  ASSIGN_OR_RETURN(RayStartCommand command, FindCommand(options, environment));
  Plan plan;
  ASSIGN_OR_RETURN(plan.health_port, HealthPort(options));
  plan.node_type = command.node_type;
  const bool needs_address =
      !plan.is_head() && (options.Given("address") || !command.params.contains("address"));
  if (needs_address) {
    ASSIGN_OR_RETURN(plan.gcs, FindGcsAddress(options, environment));
    command.params["address"] = plan.gcs.ToText();
  }
  if (plan.is_head() && HasIpv6Address(command.params, options))
    command.params.try_emplace("dashboard-host", "::");
  const RayStartParams params =
      shared::CompleteRayStartParams(command.params, plan.node_type, plan.gcs.ToText(), limits);
  TRY(Check(params, plan.node_type, environment, release));
  plan.warnings = shared::UnknownRayStartParams(params, release);
  if (auto ignored = IgnoredToken(environment, release)) plan.warnings.push_back(*std::move(ignored));
  ASSIGN_OR_RETURN(plan.argv, shared::RayStartArguments(params, plan.node_type, environment));
  plan.ray = OptionsOf(plan.argv);
  plan.argv.insert(plan.argv.begin(), options.Text("ray"));
  const std::string temp_dir = plan.RayOption("temp-dir");
  plan.takes_head_temp_dir = TakesHeadTempDir(plan.node_type, !temp_dir.empty(), release);
  plan.temp_dir_is_guess = plan.takes_head_temp_dir;
  plan.temp_dir = OwnTempDir(plan.takes_head_temp_dir ? "" : temp_dir, environment);
  if (plan.is_head()) {
    plan.gcs = {"127.0.0.1", plan.RayPort("port", kDefaultGcsPort)};
  } else {
    ASSIGN_OR_RETURN(plan.gcs, ParseGcsAddress(plan.RayOption("address")));
  }
  return plan;
}

}  // namespace ray_init_agent
