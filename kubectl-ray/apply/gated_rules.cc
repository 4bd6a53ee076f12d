#include "kubectl-ray/apply/gated_rules.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "kubectl-ray/apply/rule_helpers.h"
#include "kubectl-ray/manifests/names.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::Json;
using shared::StringAt;

constexpr const char* kNetworkPolicyGate = "RayClusterNetworkPolicy";
constexpr const char* kTlsGate = "RayClusterMTLS";
constexpr const char* kHistoryGate = "RayClusterHistoryServer";
constexpr const char* kSwitchOn = "Switch the gate on, or leave this field out.";

using Broken = std::vector<BrokenRule>;

bool HasItems(const Json& list) { return list.is_array() && !list.empty(); }

const Json& WorkerGroups(const ClusterSpecView& view) {
  static const Json none = Json::array();
  const Json& groups = At(view.spec, {"workerGroupSpecs"});
  return groups.is_array() ? groups : none;
}

std::string GroupPrefix(std::size_t index) { return "workerGroupSpecs[" + std::to_string(index) + "]."; }

const Json& FirstContainer(const Json& pod) {
  static const Json nothing;
  const Json& containers = At(pod, {"containers"});
  return HasItems(containers) ? containers[0] : nothing;
}

// --- spec.networkPolicy -----------------------------------------------------------------------------------

// Rules for the direction that the mode leaves open.
void CheckDirections(const Json& rules, const std::string& mode, const std::string& prefix, Broken* broken) {
  if (mode == "DenyAllEgress" && HasItems(At(rules, {"ingressRules"})))
    broken->push_back({prefix + "ingressRules",
                       "is set, though mode is DenyAllEgress, which leaves ingress open",
                       "Leave it out, or set mode to DenyAll."});
  if (mode == "DenyAllIngress" && HasItems(At(rules, {"egressRules"})))
    broken->push_back({prefix + "egressRules",
                       "is set, though mode is DenyAllIngress, which leaves egress open",
                       "Leave it out, or set mode to DenyAll."});
}

void CheckPolicyGroups(const ClusterSpecView& view, const std::string& mode, Broken* broken) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < WorkerGroups(view).size(); ++i) {
    const std::string name = StringAt(WorkerGroups(view)[i], {"groupName"});
    names.insert(name);
    if (const auto status = CheckGroupName(name); !status)
      broken->push_back({GroupPrefix(i) + "groupName",
                         "is \"" + name + "\", which cannot stand in the name of a NetworkPolicy",
                         status.error().hint});
  }
  const Json& groups = At(view.spec, {"networkPolicy", "workerGroups"});
  for (std::size_t i = 0; groups.is_array() && i < groups.size(); ++i) {
    const std::string prefix = "networkPolicy.workerGroups[" + std::to_string(i) + "].";
    CheckDirections(groups[i], mode, prefix, broken);
    const std::string name = StringAt(groups[i], {"groupName"});
    if (!names.contains(name))
      broken->push_back({prefix + "groupName", "is \"" + name + "\", and no worker group is called so",
                         "Name one of workerGroupSpecs."});
  }
}

void CheckNetworkPolicy(const ClusterSpecView& view, Broken* broken) {
  const Json& policy = At(view.spec, {"networkPolicy"});
  if (!IsGiven(policy)) return;
  broken->push_back({"networkPolicy", "is set", kSwitchOn, kNetworkPolicyGate});
  const std::string mode = StringAt(policy, {"mode"}, "DenyAll");
  CheckDirections(At(policy, {"head"}), mode, "networkPolicy.head.", broken);
  CheckDirections(At(policy, {"worker"}), mode, "networkPolicy.worker.", broken);
  CheckPolicyGroups(view, mode, broken);
}

// --- spec.tlsOptions --------------------------------------------------------------------------------------

constexpr const char* kTlsVariables[] = {"RAY_USE_TLS", "RAY_TLS_SERVER_CERT", "RAY_TLS_SERVER_KEY",
                                         "RAY_TLS_CA_CERT"};

void CheckTlsContainer(const Json& container, const std::string& prefix, Broken* broken) {
  for (const char* name : kTlsVariables)
    if (HasVariable(container, name))
      broken->push_back({prefix + "env", "sets " + std::string(name) + " beside tlsOptions", kLeaveOut});
  if (std::string mount = ManagedMount(At(container, {"volumeMounts"}), "ray-tls", "/etc/ray/tls");
      !mount.empty())
    broken->push_back({prefix + "volumeMounts", mount + " beside tlsOptions", kLeaveOut});
}

void CheckTls(const ClusterSpecView& view, Broken* broken) {
  if (!IsGiven(At(view.spec, {"tlsOptions"}))) return;
  broken->push_back({"tlsOptions", "is set", kSwitchOn, kTlsGate});
  if (!BoolAt(view.spec, {"tlsOptions", "enabled"})) return;
  const std::string container = "template.spec.containers[0].";
  CheckTlsContainer(view.HeadContainer(), "headGroupSpec." + container, broken);
  for (std::size_t i = 0; i < WorkerGroups(view).size(); ++i)
    CheckTlsContainer(FirstContainer(At(WorkerGroups(view)[i], {"template", "spec"})),
                      GroupPrefix(i) + container, broken);
  CheckTlsContainer(At(view.spec, {"autoscalerOptions"}), "autoscalerOptions.", broken);
}

// --- spec.historyServerOptions ----------------------------------------------------------------------------

constexpr const char* kCollectorVariables[] = {
    "POD_IP",   "FQ_RAY_IP",  "RAY_CLUSTER_NAME", "RAY_CLUSTER_NAMESPACE",
    "RAY_ROLE", "OWNER_KIND", "OWNER_NAME",       "EVENTS_PORT"};
constexpr const char* kCollectorName = "ray-history-collector";

// What a storage backend of the collector needs in its environment.
struct StorageNeed {
  const char* backend;
  std::vector<const char*> variables;
};

const std::vector<StorageNeed>& StorageNeeds() {
  static const std::vector<StorageNeed> needs = {
      {"GCS", {"GCS_BUCKET"}},
      {"S3", {"S3_REGION"}},
      {"ALIYUNOSS", {"OSS_BUCKET", "OSS_ENDPOINT", "OSS_REGION"}},
  };
  return needs;
}

bool HasValue(const Json& container, const char* name) {
  const Json& variable = NamedItem(At(container, {"env"}), name);
  return !StringAt(variable, {"value"}).empty() || IsGiven(At(variable, {"valueFrom"}));
}

std::string VariableValue(const Json& container, const char* name, int (*change)(int)) {
  std::string value = VariableOf(container, name);
  std::transform(value.begin(), value.end(), value.begin(),
                 [change](unsigned char c) { return static_cast<char>(change(c)); });
  return value;
}

// The variables of which Azure needs one.
std::vector<const char*> AzureNeeds(const Json& collector) {
  const std::string mode = VariableValue(collector, "AZURE_STORAGE_AUTH_MODE", std::tolower);
  if (mode == "connection_string") return {"AZURE_STORAGE_CONNECTION_STRING"};
  if (mode == "workload_identity" || mode == "default") return {"AZURE_STORAGE_ACCOUNT_URL"};
  return {"AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT_URL"};
}

void CheckStorage(const Json& collector, const std::string& field, Broken* broken) {
  const std::string backend = VariableValue(collector, "STORAGE_BACKEND", std::toupper);
  if (backend.empty())
    broken->push_back(
        {field, "does not set STORAGE_BACKEND to a value", "Set it to GCS, S3, AZUREBLOB or ALIYUNOSS."});
  const auto missing = [&](const char* name) { return !HasValue(collector, name); };
  for (const StorageNeed& need : StorageNeeds())
    for (const char* name : need.variables)
      if (backend == need.backend && missing(name))
        broken->push_back(
            {field, "does not set " + std::string(name) + ", which " + backend + " needs", "Set it."});
  if (backend != "AZUREBLOB") return;
  const std::vector<const char*> any = AzureNeeds(collector);
  if (!std::all_of(any.begin(), any.end(), missing)) return;
  std::string names;
  for (const char* name : any) names += (names.empty() ? "" : " or ") + std::string(name);
  broken->push_back({field, "does not set " + names + ", which AZUREBLOB needs", "Set it."});
}

void CheckCollectorName(const Json& pod, const std::string& prefix, Broken* broken) {
  if (IsGiven(NamedItem(At(pod, {"containers"}), kCollectorName)))
    broken->push_back({prefix + "template.spec.containers", "has one called " + std::string(kCollectorName),
                       "Give it another name: the operator adds one of this name."});
}

void CheckHistoryServer(const ClusterSpecView& view, Broken* broken) {
  const Json& options = At(view.spec, {"historyServerOptions"});
  if (!IsGiven(options)) return;
  broken->push_back({"historyServerOptions", "is set", kSwitchOn, kHistoryGate});
  const Json& collector = At(options, {"collectorOptions"});
  const std::string prefix = "historyServerOptions.collectorOptions";
  if (!IsGiven(collector)) {
    broken->push_back({prefix, "is not given", "Set it, with an image and an environment."});
    return;
  }
  if (StringAt(collector, {"image"}).empty())
    broken->push_back({prefix + ".image", "is not given", "Name the collector's image."});
  for (const char* name : kCollectorVariables)
    if (HasVariable(collector, name))
      broken->push_back({prefix + ".env", "sets " + std::string(name), kLeaveOut});
  CheckStorage(collector, prefix + ".env", broken);
  CheckCollectorName(view.HeadPod(), "headGroupSpec.", broken);
  for (std::size_t i = 0; i < WorkerGroups(view).size(); ++i)
    CheckCollectorName(At(WorkerGroups(view)[i], {"template", "spec"}), GroupPrefix(i), broken);
}

}  // namespace

std::vector<BrokenRule> BrokenGatedRules(const ClusterSpecView& view) {
  Broken broken;
  CheckHistoryServer(view, &broken);
  CheckNetworkPolicy(view, &broken);
  CheckTls(view, &broken);
  return broken;
}

}  // namespace kubectl_ray
