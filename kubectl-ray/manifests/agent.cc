#include "kubectl-ray/manifests/agent.h"

#include <algorithm>

#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/labels.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;

constexpr const char* kGracePeriodVariable = "RAY_INIT_AGENT_GRACE_PERIOD";
constexpr std::int64_t kAgentsGracePeriodSeconds = 30;
constexpr const char* kAgentVolume = "ray-init-agent";
constexpr const char* kArchiveVolume = "ray-init-agent-archive";
constexpr const char* kAgentDirectory = "/ray-init-agent";
constexpr const char* kArchiveDirectory = "/ray-init-agent-archive";

// Uses only what any image with a shell has: uname, and gzip or Python (a Ray image always has Python).
constexpr const char* kUnpackScript = R"sh(set -eu
case "$(uname -m)" in
  x86_64 | amd64) architecture=amd64 ;;
  aarch64 | arm64) architecture=arm64 ;;
  *) architecture=$(uname -m) ;;
esac
archive=/ray-init-agent-archive/$architecture.gz
if ! [ -f "$archive" ]; then
  echo "ray-init-agent: there is none for $architecture; use --no-agent or --agent-image" | tee /dev/termination-log >&2
  exit 1
fi
program=/ray-init-agent/.unpacked
unpack='import gzip, shutil, sys; shutil.copyfileobj(gzip.open(sys.argv[1]), open(sys.argv[2], "wb"))'
if command -v gzip > /dev/null; then
  gzip -dc < "$archive" > "$program"
elif command -v python3 > /dev/null; then
  python3 -c "$unpack" "$archive" "$program"
else
  python -c "$unpack" "$archive" "$program"
fi
chmod 755 "$program"
"$program" install /ray-init-agent
rm "$program"
)sh";

Json Mount(const char* volume, const char* path) { return {{"name", volume}, {"mountPath", path}}; }

Json HealthProbe(const char* mode, int period, int failures) {
  return {{"exec", {{"command", {kAgentProgram, "health", mode}}}},
          {"periodSeconds", period},
          {"timeoutSeconds", 5},
          {"failureThreshold", failures}};
}

// Changes the Ray container so that it runs under the agent.
void RunUnderAgent(Json& container, int metrics_port) {
  container["command"] = {kAgentProgram, "start"};
  // A worker's first start includes the wait for the head. It has an hour, so that workers are not restarted
  // if the head is scheduled late.
  container["startupProbe"] = HealthProbe("--ready", 1, 3600);
  container["readinessProbe"] = HealthProbe("--ready", 5, 10);
  container["livenessProbe"] = HealthProbe("--live", 5, 120);
  container["volumeMounts"].push_back(Mount(kAgentVolume, kAgentDirectory));
  if (metrics_port == 0) return;
  container["env"].push_back({{"name", kAgentPortVariable}, {"value", std::to_string(metrics_port)}});
  DeclareAgentPort(&container);
}

Json ArchiveVolume(const std::vector<AgentSource>& agents) {
  Json sources = Json::array();
  for (const AgentSource& agent : agents)
    sources.push_back(
        {{"configMap",
          {{"name", agent.config_map},
           {"items", {{{"key", "ray-init-agent.gz"}, {"path", agent.architecture + ".gz"}}}}}}});
  return {{"name", kArchiveVolume}, {"projected", {{"sources", sources}}}};
}

// Copies the agent from its image, or unpacks it with the shell of Ray's image.
Json InitContainer(const Json& ray, const AgentOptions& agent) {
  Json init = {{"name", kAgentVolume}}, mounts = Json::array();
  if (agent.delivery == AgentOptions::Delivery::kImage) {
    // The volume would hide the image's own copy, so it is mounted elsewhere.
    init["image"] = agent.image;
    init["command"] = {"/ray-init-agent", "install", "/ray-init-agent-target"};
    mounts.push_back(Mount(kAgentVolume, "/ray-init-agent-target"));
  } else {
    init["image"] = At(ray, {"image"});
    init["command"] = {"/bin/sh", "-c", kUnpackScript};
    mounts.push_back(Mount(kAgentVolume, kAgentDirectory));
    mounts.push_back(Mount(kArchiveVolume, kArchiveDirectory));
    mounts.back()["readOnly"] = true;
  }
  if (const Json& policy = At(ray, {"imagePullPolicy"}); !policy.is_null()) init["imagePullPolicy"] = policy;
  // All that Pod Security's `restricted` asks for except the user, since it only copies one file.
  init["securityContext"] = {{"allowPrivilegeEscalation", false},
                             {"capabilities", {{"drop", {"ALL"}}}},
                             {"seccompProfile", {{"type", "RuntimeDefault"}}}};
  init["volumeMounts"] = mounts;
  return init;
}

void ShareUser(Json& init, const Json& ray) {
  Json context = At(init, {"securityContext"});
  if (!context.is_object()) return;  // removed by the user's template
  for (const char* field : {"runAsNonRoot", "runAsUser", "runAsGroup"})
    if (const Json& value = At(ray, {"securityContext", field}); !value.is_null() && !context.contains(field))
      context[field] = value;
  init["securityContext"] = std::move(context);
}

void ShareResources(Json& init, const Json& ray) {
  if (init.contains("resources")) return;
  Json resources = Json::object();
  for (const char* kind : {"requests", "limits"})
    for (const char* name : {"cpu", "memory"})
      if (const Json& value = At(ray, {"resources", kind, name}); !value.is_null())
        resources[kind][name] = value;
  if (!resources.empty()) init["resources"] = std::move(resources);
}

void SetGracePeriod(Json& pod_spec) {
  const std::int64_t seconds =
      shared::IntAt(pod_spec, {"terminationGracePeriodSeconds"}, kAgentsGracePeriodSeconds);
  if (seconds == kAgentsGracePeriodSeconds) return;
  for (Json& container : pod_spec["containers"]) {
    const Json& command = At(container, {"command"});
    if (!command.is_array() || command.empty() || command[0] != kAgentProgram) continue;
    Json& env = container["env"];
    const bool given = std::any_of(env.begin(), env.end(), [](const Json& variable) {
      return shared::StringAt(variable, {"name"}) == kGracePeriodVariable;
    });
    if (!given) env.push_back({{"name", kGracePeriodVariable}, {"value", std::to_string(seconds) + "s"}});
  }
}

}  // namespace

void PutAgent(Json& pod_spec, const AgentOptions& agent) {
  Json& ray = pod_spec["containers"][0];
  if (agent.delivery == AgentOptions::Delivery::kNone) {
    // `status` describes a crash by the last line of the log. With the agent, the agent writes it.
    ray["terminationMessagePolicy"] = "FallbackToLogsOnError";
    return;
  }
  RunUnderAgent(ray, agent.metrics_port);
  const Json init = InitContainer(ray, agent);  // before members are added, which moves `ray`
  if (agent.delivery == AgentOptions::Delivery::kConfigMap)
    pod_spec["volumes"].push_back(ArchiveVolume(agent.sources));
  pod_spec["volumes"].push_back({{"name", kAgentVolume}, {"emptyDir", Json::object()}});
  pod_spec["initContainers"].push_back(init);
}

void PutAgentInTemplate(Json& pod_template, bool head, Backend backend, const AgentOptions& agent) {
  if (agent.delivery != AgentOptions::Delivery::kNone && backend == Backend::kOperator) {
    pod_template["metadata"]["annotations"][kOverwriteCommandAnnotation] = "true";
    // KubeRay copies this container's environment to the wait-gcs-ready container that it adds to workers.
    if (!head)
      pod_template["spec"]["containers"][0]["env"].push_back(
          {{"name", "BASH_ENV"}, {"value", kAgentBashEnv}});
  }
  PutAgent(pod_template["spec"], agent);
}

void SettleAgent(Json& pod_spec) {
  const Json& containers = At(pod_spec, {"containers"});
  if (!containers.is_array() || containers.empty()) return;
  const Json ray = containers[0];
  if (At(pod_spec, {"initContainers"}).is_array())
    for (Json& init : pod_spec["initContainers"]) {
      if (shared::StringAt(init, {"name"}) != kAgentVolume) continue;
      ShareUser(init, ray);
      ShareResources(init, ray);
    }
  SetGracePeriod(pod_spec);
}

}  // namespace kubectl_ray
