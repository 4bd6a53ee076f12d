#include "kubectl-ray/injection/agent_in_pod.h"

#include <algorithm>

#include "kubectl-ray/injection/start_command.h"
#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/stop_hook.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::StringAt;

constexpr const char* kTerminationMessageVariable = "RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH";

bool HasNamed(const Json& list, const char* member, const std::string& name) {
  return list.is_array() && std::any_of(list.begin(), list.end(),
                                        [&](const Json& item) { return StringAt(item, {member}) == name; });
}

void AddVariable(Json* container, const std::string& name, const std::string& value) {
  if (!HasNamed(At(*container, {"env"}), "name", name))
    (*container)["env"].push_back({{"name", name}, {"value", value}});
}

// What `create cluster` would write for such a container: the one source of what the agent needs.
Json PodAsCreated(const Json& container, const Json& pod_spec, const AgentOptions& agent) {
  Json minimal = {{"name", "ray"}};
  for (const char* field : {"image", "imagePullPolicy", "resources", "securityContext"})
    if (const Json& value = At(container, {field}); !value.is_null()) minimal[field] = value;
  Json pod = {{"containers", {minimal}}};
  PutAgent(pod, agent);
  if (const Json& seconds = At(pod_spec, {"terminationGracePeriodSeconds"}); seconds.is_number_integer())
    pod["terminationGracePeriodSeconds"] = seconds;
  SettleAgent(pod);
  return pod;
}

// Puts the items of a list into the one that has the same name, if there is none of that name.
shared::Status AddItems(const Json& from, const char* list, const char* what, Json* target) {
  for (const Json& item : At(from, {list})) {
    const std::string name = StringAt(item, {"name"});
    if (HasNamed(At(*target, {list}), "name", name))
      return Fail(ErrorCode::kUsage, std::string("it has ") + what + " named \"" + name + "\" already",
                  "Rename it.");
    (*target)[list].push_back(item);
  }
  return shared::Ok();
}

shared::Status AddMount(const Json& from, Json* container) {
  for (const Json& mount : At(from, {"volumeMounts"}))
    if (HasNamed(At(*container, {"volumeMounts"}), "mountPath", StringAt(mount, {"mountPath"})))
      return Fail(ErrorCode::kUsage, "something is mounted at " + StringAt(mount, {"mountPath"}) + " already",
                  "Mount it elsewhere.");
  return AddItems(from, "volumeMounts", "a volumeMount", container);
}

// A RayService's workers keep the operator's readiness probe: it asks Serve's proxy too, which traffic
// depends on. `health`: flags that the agent's probes need here.
void AddProbes(const Json& from, bool serves, const std::vector<std::string>& health, Json* container) {
  for (const char* probe : {"startupProbe", "readinessProbe", "livenessProbe"}) {
    if (serves && std::string_view(probe) == "readinessProbe") continue;
    if (!At(*container, {probe}).is_null()) continue;
    Json& added = (*container)[probe] = At(from, {probe});
    for (const std::string& flag : health) added["exec"]["command"].push_back(flag);
  }
}

void AddVariables(const Json& from, bool waits, Json* container) {
  for (const Json& variable : At(from, {"env"}))
    AddVariable(container, StringAt(variable, {"name"}), StringAt(variable, {"value"}));
  if (waits) AddVariable(container, "BASH_ENV", kAgentBashEnv);
  if (const std::string path = StringAt(*container, {"terminationMessagePath"});
      !path.empty() && path != "/dev/termination-log")
    AddVariable(container, kTerminationMessageVariable, path);
  DeclareAgentPort(container);
}

// What the container of KubeRay's pod is to run.
shared::Result<AgentStart> OperatedCommand(const ContainerCommand& command, bool overwrites) {
  if (StartsRay(command) || (overwrites && RunsGeneratedStart(command))) return WithAgentStart(command);
  if (!overwrites) return AgentAfter(command);
  return Fail(ErrorCode::kUsage,
              std::string(kOverwriteCommandAnnotation) +
                  " is \"true\", and its command does not say where it starts Ray",
              std::string("Have the command run `$KUBERAY_GEN_RAY_START_CMD`, or \"") + kAgentProgram +
                  " start\" itself.");
}

void NoteStop(const Json& container, const std::string& who, std::vector<std::string>* notes) {
  if (StopsRay(container))
    notes->push_back(
        who +
        " runs `ray stop` before it ends (lifecycle.preStop), so that the agent has nothing left to "
        "drain; the agent ends Ray itself");
}

struct Wanted {
  const RayTemplate& found;
  bool alike;
  const AgentOptions& agent;
};

// Changes one container of the pod, and returns what its pod needs for it.
shared::Result<Json> ChangeContainer(const Wanted& wanted, const std::string& who, const Json& pod_spec,
                                     Json* container, std::vector<std::string>* notes) {
  const ContainerCommand command = CommandOf(*container);
  if (wanted.agent.delivery == AgentOptions::Delivery::kConfigMap && !At(*container, {"image"}).is_string())
    return Fail(ErrorCode::kUsage, "it has no image, which is to unpack the agent",
                "Name the image, or use --agent-image.");
  ASSIGN_OR_RETURN(const AgentStart started, wanted.found.operated
                                                 ? OperatedCommand(command, wanted.found.overwrites)
                                                 : WithAgentStart(command));
  if (!started.command.command.is_null()) (*container)["command"] = started.command.command;
  if (!started.command.args.is_null()) (*container)["args"] = started.command.args;
  const Json pod = PodAsCreated(*container, pod_spec, wanted.agent);
  const Json& created = At(pod, {"containers"})[0];
  if (started.health)
    AddProbes(created, wanted.found.serves, *started.health, container);
  else
    notes->push_back(who + ": its script decides what node it is, so that no probes were added");
  AddVariables(created, wanted.found.operated && (wanted.found.worker || wanted.alike), container);
  TRY(AddMount(created, container));
  return pod;
}

// The containers that start Ray: KubeRay's first one, or each that says so.
std::vector<std::size_t> RayContainers(const Json& containers, bool operated) {
  if (operated) return {0};
  std::vector<std::size_t> ray;
  for (std::size_t i = 0; i < containers.size(); ++i)
    if (StartsRay(CommandOf(containers[i]))) ray.push_back(i);
  return ray;
}

std::string ContainerText(const Json& container, std::size_t index) {
  return "container \"" + StringAt(container, {"name"}, std::to_string(index)) + "\"";
}

bool IsListOrNull(const Json& value) { return value.is_array() || value.is_null(); }

// Wrong types are the API server's to complain about, but nothing can be added to them.
shared::Status CheckShape(const Json& pod_template) {
  const Json& spec = At(pod_template, {"spec"});
  const Json& metadata = At(pod_template, {"metadata"});
  const Json& annotations = At(metadata, {"annotations"});
  bool fits = IsListOrNull(At(spec, {"volumes"})) && IsListOrNull(At(spec, {"initContainers"})) &&
              (metadata.is_null() || metadata.is_object()) &&
              (annotations.is_null() || annotations.is_object());
  for (const Json& container : At(spec, {"containers"}))
    for (const char* list : {"env", "volumeMounts", "command", "args"})
      fits = fits && container.is_object() && IsListOrNull(At(container, {list}));
  if (fits) return shared::Ok();
  return Fail(ErrorCode::kUsage, "it has a field of another type than Kubernetes knows",
              "`kubectl apply --dry-run=server` names it.");
}

}  // namespace

shared::Result<AgentChange> WithAgent(const Json& pod_template, const RayTemplate& found, bool alike,
                                      const AgentOptions& agent) {
  TRY(CheckShape(pod_template));
  AgentChange change{pod_template, {}};
  Json& spec = change.changed["spec"];
  const std::vector<std::size_t> ray = RayContainers(At(spec, {"containers"}), found.operated);
  if (ray.empty() || RunsAgent(CommandOf(At(spec, {"containers"})[ray[0]]))) return AgentChange{};
  Json needs;
  AgentOptions wanted = agent;
  for (const std::size_t index : ray) {
    Json& container = spec["containers"][index];
    const std::string who = ContainerText(container, index);
    auto pod = ChangeContainer({found, alike, wanted}, who, spec, &container, &change.notes);
    if (!pod) return Fail(pod.error().code, who + ": " + pod.error().message, pod.error().hint);
    NoteStop(container, who, &change.notes);
    wanted.metrics_port = 0;  // the pod's containers share its ports
    if (needs.is_null()) needs = *std::move(pod);
  }
  TRY(AddItems(needs, "initContainers", "an init container", &spec));
  TRY(AddItems(needs, "volumes", "a volume", &spec));
  if (found.operated && !found.overwrites)
    change.changed["metadata"]["annotations"][kOverwriteCommandAnnotation] = "true";
  return change;
}

}  // namespace kubectl_ray
