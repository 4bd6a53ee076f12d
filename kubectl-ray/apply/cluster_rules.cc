#include "kubectl-ray/apply/cluster_rules.h"

#include <algorithm>
#include <optional>
#include <set>

#include "kubectl-ray/apply/gated_rules.h"
#include "kubectl-ray/apply/rule_helpers.h"
#include "kubectl-ray/kinds/annotations.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/ray_release.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::Json;
using shared::StringAt;

constexpr const char* kAutoscalerV2Variable = "RAY_enable_autoscaler_v2";
constexpr const char* kRocksDbGate = "GCSFaultToleranceEmbeddedStorage";
constexpr const char* kUseRedisOptions = "Set it in gcsFaultToleranceOptions alone.";

bool IsOn(const Json& variable) {
  const std::string value = StringAt(variable, {"value"});
  return value == "1" || value == "true";
}

bool HeadTurnsV2On(const ClusterSpecView& view) {
  return IsOn(NamedItem(At(view.HeadContainer(), {"env"}), kAutoscalerV2Variable));
}

const Json& FaultTolerance(const ClusterSpecView& view) {
  return At(view.spec, {"gcsFaultToleranceOptions"});
}

bool UsesRocksDb(const ClusterSpecView& view) {
  return StringAt(FaultTolerance(view), {"backend"}) == "rocksdb";
}

bool HasFaultTolerance(const ClusterSpecView& view) {
  std::string enabled = StringAt(view.annotations, {kFaultToleranceAnnotation});
  std::transform(enabled.begin(), enabled.end(), enabled.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return enabled == "true" || IsGiven(FaultTolerance(view));
}

bool IsK8sAuth(const ClusterSpecView& view) {
  return BoolAt(view.spec, {"authOptions", "enableK8sTokenAuth"});
}
bool IsTokenAuth(const ClusterSpecView& view) {
  return StringAt(view.spec, {"authOptions", "mode"}) == "token";
}

// Empty if spec.rayVersion is `wanted` at least.
std::string OlderThan(const ClusterSpecView& view, shared::RayRelease wanted) {
  const std::string version = StringAt(view.spec, {"rayVersion"});
  if (version.empty()) return "is not given";
  const auto release = shared::ParseRayRelease(version);
  if (!release) return "is \"" + version + "\", which is no version";
  return *release < wanted ? "is " + version + ", before " + wanted.ToText() : "";
}

std::string RestartsPods(const ClusterSpecView& view, const Json& pod) {
  const std::string policy = StringAt(pod, {"restartPolicy"});
  if (!view.Autoscales() || !view.AutoscalesByV2() || policy.empty() || policy == "Never") return "";
  return "is " + policy + ", which the autoscaler v2 does not take";
}

// --- Of the head's group and of each worker group ------------------------------------------------------

std::string NoContainer(const Json& group) {
  const Json& containers = At(group, {"template", "spec", "containers"});
  return containers.is_array() && !containers.empty() ? "" : "has no container";
}

std::string ResourcesTwice(const Json& group) {
  const Json& resources = At(group, {"resources"});
  if (!resources.is_object() || resources.empty()) return "";
  for (const char* key : {"num-cpus", "num-gpus", "memory", "resources"})
    if (!StringAt(group, {"rayStartParams", key}).empty())
      return "is set beside rayStartParams." + std::string(key);
  return "";
}

std::string LabelsInStartParams(const Json& group) {
  return IsGiven(At(group, {"rayStartParams", "labels"})) ? "is not supported" : "";
}

struct AnyGroupRule {
  const char* field;
  std::string (*cause)(const Json& group);
  const char* remedy;
};

constexpr AnyGroupRule kAnyGroupRules[] = {
    {"template.spec.containers", NoContainer, "Give it one: its first container runs Ray."},
    {"resources", ResourcesTwice, "Use one of both."},
    {"rayStartParams.labels", LabelsInStartParams, "Use the group's own `labels` instead."},
};

// --- Of each worker group --------------------------------------------------------------------------------

std::string Negative(const Json& group, const char* key) {
  const auto value = Integer(group, key);
  return value && *value < 0 ? "is " + std::to_string(*value) : "";
}

std::string MinAboveMax(const ClusterSpecView&, const Json& group) {
  const auto min = Integer(group, "minReplicas"), max = Integer(group, "maxReplicas");
  if (!min || !max || *min <= *max) return "";
  return "is " + std::to_string(*min) + ", more than maxReplicas, " + std::to_string(*max);
}

std::string NeedsV2(const ClusterSpecView& view) {
  return view.AutoscalesByV2() || HeadTurnsV2On(view) ? "" : "is set, which only the autoscaler v2 knows";
}

std::string IdleTimeout(const ClusterSpecView& view, const Json& group) {
  const auto seconds = Integer(group, "idleTimeoutSeconds");
  if (!seconds) return "";
  return *seconds < 0 ? Negative(group, "idleTimeoutSeconds") : NeedsV2(view);
}

std::string Priority(const ClusterSpecView& view, const Json& group) {
  if (Integer(group, "priority").value_or(0) == 0) return "";
  const std::string older = OlderThan(view, {2, 56});
  return older.empty() ? NeedsV2(view) : "is set, which needs Ray 2.56, and rayVersion " + older;
}

std::string SuspendedGroup(const ClusterSpecView& view, const Json& group) {
  return view.Autoscales() && BoolAt(group, {"suspend"}) ? "is true, with an autoscaler" : "";
}

struct GroupRule {
  const char* field;
  std::string (*cause)(const ClusterSpecView& view, const Json& group);
  const char* remedy;
};

constexpr const char* kUseV2 = "Set autoscalerOptions.version to v2, or leave it out.";

constexpr GroupRule kGroupRules[] = {
    {"minReplicas", [](const ClusterSpecView&, const Json& g) { return Negative(g, "minReplicas"); },
     "Set it to 0 or more."},
    {"maxReplicas", [](const ClusterSpecView&, const Json& g) { return Negative(g, "maxReplicas"); },
     "Set it to 0 or more."},
    {"minReplicas", MinAboveMax, "Lower it, or raise maxReplicas."},
    {"idleTimeoutSeconds", IdleTimeout, kUseV2},
    {"priority", Priority, "Set rayVersion and autoscalerOptions.version, or leave it out."},
    {"suspend", SuspendedGroup,
     "Set minReplicas and maxReplicas to 0 instead, or do without the autoscaler."},
    {"template.spec.restartPolicy",
     [](const ClusterSpecView& v, const Json& g) {
       return RestartsPods(v, At(g, {"template", "spec"}));
     },
     "Set it to Never, or leave it out."},
};

// --- Of the cluster ----------------------------------------------------------------------------------------

std::string FaultToleranceTwice(const ClusterSpecView& view) {
  if (StringAt(view.annotations, {kFaultToleranceAnnotation}).empty() || !IsGiven(FaultTolerance(view)))
    return "";
  return "is set beside the annotation " + std::string(kFaultToleranceAnnotation);
}

std::string RedisWithoutFaultTolerance(const ClusterSpecView& view) {
  if (HasFaultTolerance(view) || !HasVariable(view.HeadContainer(), "RAY_REDIS_ADDRESS")) return "";
  return "sets RAY_REDIS_ADDRESS, but there are no gcsFaultToleranceOptions";
}

std::string HeadVariableWithOptions(const ClusterSpecView& view, const char* name) {
  if (!IsGiven(FaultTolerance(view)) || !HasVariable(view.HeadContainer(), name)) return "";
  return "sets " + std::string(name) + " beside gcsFaultToleranceOptions";
}

std::string RedisPasswordParam(const ClusterSpecView& view) {
  const bool given = !StringAt(view.spec, {"headGroupSpec", "rayStartParams", "redis-password"}).empty();
  return given && IsGiven(FaultTolerance(view)) ? "is set beside gcsFaultToleranceOptions" : "";
}

std::string RedisUsername(const ClusterSpecView& view) {
  return HasVariable(view.HeadContainer(), "REDIS_USERNAME") ? "sets REDIS_USERNAME" : "";
}

std::string RedisUsernameParam(const ClusterSpecView& view) {
  const bool given = !StringAt(view.spec, {"headGroupSpec", "rayStartParams", "redis-username"}).empty();
  return given ? "is set" : "";
}

std::string WithRocksDb(const ClusterSpecView& view, const char* key) {
  const Json& value = At(FaultTolerance(view), {key});
  const bool given = IsGiven(value) && value != Json("");
  return UsesRocksDb(view) && given ? "is set, though backend is rocksdb" : "";
}

std::string ClaimBesideSize(const ClusterSpecView& view) {
  const Json& storage = At(FaultTolerance(view), {"storage"});
  if (!UsesRocksDb(view) || StringAt(storage, {"claimName"}).empty()) return "";
  for (const char* key : {"size", "storageClassName", "accessModes"})
    if (IsGiven(At(storage, {key}))) return "is set beside " + std::string(key);
  return "";
}

std::string RocksDbVariables(const ClusterSpecView& view) {
  if (!UsesRocksDb(view)) return "";
  for (const char* name : {"RAY_gcs_storage", "RAY_gcs_storage_path"})
    if (HasVariable(view.HeadContainer(), name))
      return "sets " + std::string(name) + " beside the backend rocksdb";
  return "";
}

std::string RocksDbMount(const ClusterSpecView& view) {
  return UsesRocksDb(view)
             ? ManagedMount(At(view.HeadContainer(), {"volumeMounts"}), "gcs-storage", "/data/gcs")
             : "";
}

std::string RocksDbVolume(const ClusterSpecView& view) {
  const bool there = IsGiven(NamedItem(At(view.HeadPod(), {"volumes"}), "gcs-storage"));
  return UsesRocksDb(view) && there ? "has one called gcs-storage" : "";
}

std::string StorageOfRedis(const ClusterSpecView& view) {
  const bool given = IsGiven(At(FaultTolerance(view), {"storage"}));
  return given && !UsesRocksDb(view) ? "is set, though backend is redis" : "";
}

std::string StorageNamespaceTwice(const ClusterSpecView& view) {
  const bool given = !StringAt(view.annotations, {kStorageNamespaceAnnotation}).empty();
  return given && IsGiven(FaultTolerance(view))
             ? "are set beside the annotation " + std::string(kStorageNamespaceAnnotation)
             : "";
}

std::string V2WithoutAutoscaler(const ClusterSpecView& view) {
  return !view.Autoscales() && HeadTurnsV2On(view) ? "is not true, but the head sets RAY_enable_autoscaler_v2"
                                                   : "";
}

std::string V2Twice(const ClusterSpecView& view) {
  const bool both = IsGiven(At(view.spec, {"autoscalerOptions", "version"})) &&
                    HasVariable(view.HeadContainer(), kAutoscalerV2Variable);
  return view.Autoscales() && both ? "is set, and the head sets RAY_enable_autoscaler_v2, too" : "";
}

std::string AutoscalerIdleTimeout(const ClusterSpecView& view) {
  return Negative(At(view.spec, {"autoscalerOptions"}), "idleTimeoutSeconds");
}

std::string StartCommandVariable(const ClusterSpecView& view) {
  const bool sets = HasVariable(At(view.spec, {"autoscalerOptions"}), "KUBERAY_GEN_AUTOSCALER_START_CMD");
  return sets ? "sets KUBERAY_GEN_AUTOSCALER_START_CMD" : "";
}

std::string TokenNeedsRelease(const ClusterSpecView& view) {
  if (!IsTokenAuth(view)) return "";
  const std::string older = OlderThan(view, {2, 52});
  return older.empty() ? "" : older + ", and authOptions.mode is token";
}

std::string K8sTokenNeedsRelease(const ClusterSpecView& view) {
  if (!IsTokenAuth(view) || !IsK8sAuth(view) || !OlderThan(view, {2, 52}).empty()) return "";
  const std::string older = OlderThan(view, {2, 55});
  return older.empty() ? "" : older + ", and authOptions.enableK8sTokenAuth is true";
}

std::string K8sTokenBesideSecret(const ClusterSpecView& view) {
  const bool both =
      IsTokenAuth(view) && IsK8sAuth(view) && !StringAt(view.spec, {"authOptions", "secretName"}).empty();
  return both ? "is set beside enableK8sTokenAuth" : "";
}

std::string K8sTokenWithoutMode(const ClusterSpecView& view) {
  return IsK8sAuth(view) && !IsTokenAuth(view) ? "is true, but authOptions.mode is not token" : "";
}

struct ClusterRule {
  const char* field;
  std::string (*cause)(const ClusterSpecView& view);
  const char* remedy;
  const char* gate = "";
};

constexpr const char* kHeadEnv = "headGroupSpec.template.spec.containers[0].env";

constexpr ClusterRule kClusterRules[] = {
    {"gcsFaultToleranceOptions", FaultToleranceTwice, "Take the annotation away."},
    {kHeadEnv, RedisWithoutFaultTolerance, "Set gcsFaultToleranceOptions.redisAddress instead."},
    {"headGroupSpec.rayStartParams.redis-password", RedisPasswordParam,
     "Use gcsFaultToleranceOptions.redisPassword instead."},
    {kHeadEnv, [](const ClusterSpecView& v) { return HeadVariableWithOptions(v, "REDIS_PASSWORD"); },
     "Use gcsFaultToleranceOptions.redisPassword instead."},
    {kHeadEnv, [](const ClusterSpecView& v) { return HeadVariableWithOptions(v, "RAY_REDIS_ADDRESS"); },
     "Use gcsFaultToleranceOptions.redisAddress instead."},
    {"gcsFaultToleranceOptions", StorageNamespaceTwice,
     "Use gcsFaultToleranceOptions.externalStorageNamespace instead."},
    {"gcsFaultToleranceOptions.backend",
     [](const ClusterSpecView& v) { return std::string(UsesRocksDb(v) ? "is rocksdb" : ""); },
     "Switch the gate on, or use redis.", kRocksDbGate},
    {"gcsFaultToleranceOptions.redisAddress",
     [](const ClusterSpecView& v) { return WithRocksDb(v, "redisAddress"); }, "Leave it out."},
    {"gcsFaultToleranceOptions.redisUsername",
     [](const ClusterSpecView& v) { return WithRocksDb(v, "redisUsername"); }, "Leave it out."},
    {"gcsFaultToleranceOptions.redisPassword",
     [](const ClusterSpecView& v) { return WithRocksDb(v, "redisPassword"); }, "Leave it out."},
    {"gcsFaultToleranceOptions.externalStorageNamespace",
     [](const ClusterSpecView& v) { return WithRocksDb(v, "externalStorageNamespace"); }, "Leave it out."},
    {"gcsFaultToleranceOptions.storage.claimName", ClaimBesideSize,
     "Name a claim that is there, or describe one to be made."},
    {kHeadEnv, RocksDbVariables, kLeaveOut},
    {"headGroupSpec.template.spec.containers[0].volumeMounts", RocksDbMount, kLeaveOut},
    {"headGroupSpec.template.spec.volumes", RocksDbVolume, kLeaveOut},
    {"gcsFaultToleranceOptions.storage", StorageOfRedis, "Set backend to rocksdb, or leave it out."},
    {"headGroupSpec.rayStartParams.redis-username", RedisUsernameParam, kUseRedisOptions},
    {kHeadEnv, RedisUsername, kUseRedisOptions},
    {"enableInTreeAutoscaling", V2WithoutAutoscaler, "Set it to true, or take the variable away."},
    {"autoscalerOptions.version", V2Twice, "Take the variable away."},
    {"headGroupSpec.template.spec.restartPolicy",
     [](const ClusterSpecView& v) { return RestartsPods(v, v.HeadPod()); },
     "Set it to Never, or leave it out."},
    {"autoscalerOptions.idleTimeoutSeconds", AutoscalerIdleTimeout, "Set it to 0 or more."},
    {"autoscalerOptions.env", StartCommandVariable, kLeaveOut},
    {"rayVersion", TokenNeedsRelease, "Set it to 2.52.0 or later, as the image is, or leave the token out."},
    {"rayVersion", K8sTokenNeedsRelease, "Set it to 2.55.0 or later, as the image is."},
    {"authOptions.secretName", K8sTokenBesideSecret, "Use one of both."},
    {"authOptions.enableK8sTokenAuth", K8sTokenWithoutMode, "Set authOptions.mode to token."},
};

// A label of the group, by its own name: `labels[key]`.
void CheckLabels(const Json& group, const std::string& prefix, std::vector<BrokenRule>* broken) {
  const Json& labels = At(group, {"labels"});
  if (!labels.is_object()) return;
  for (const auto& [key, value] : labels.items()) {
    shared::Status status = CheckLabelKey("a label", key);
    if (status && value.is_string())
      status = CheckLabelValue("the value of a label", value.get<std::string>());
    if (!status)
      broken->push_back({prefix + "labels[" + key + "]", "is no label of Kubernetes", status.error().hint});
  }
}

void CheckAnyGroup(const Json& group, const std::string& prefix, std::vector<BrokenRule>* broken) {
  for (const AnyGroupRule& rule : kAnyGroupRules)
    if (std::string cause = rule.cause(group); !cause.empty())
      broken->push_back({prefix + rule.field, std::move(cause), rule.remedy});
  CheckLabels(group, prefix, broken);
}

void CheckWorkerGroups(const ClusterSpecView& view, const std::string& prefix,
                       std::vector<BrokenRule>* broken) {
  const Json& groups = At(view.spec, {"workerGroupSpecs"});
  if (!groups.is_array()) return;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string below = prefix + "workerGroupSpecs[" + std::to_string(i) + "].";
    CheckAnyGroup(groups[i], below, broken);
    for (const GroupRule& rule : kGroupRules)
      if (std::string cause = rule.cause(view, groups[i]); !cause.empty())
        broken->push_back({below + rule.field, std::move(cause), rule.remedy});
  }
}

}  // namespace

std::vector<BrokenRule> BrokenClusterRules(const ClusterSpecView& view, const std::string& prefix) {
  std::vector<BrokenRule> broken;
  CheckAnyGroup(At(view.spec, {"headGroupSpec"}), prefix + "headGroupSpec.", &broken);
  CheckWorkerGroups(view, prefix, &broken);
  for (const ClusterRule& rule : kClusterRules)
    if (std::string cause = rule.cause(view); !cause.empty())
      broken.push_back({prefix + rule.field, std::move(cause), rule.remedy, rule.gate});
  for (BrokenRule& rule : BrokenGatedRules(view)) {
    rule.field = prefix + rule.field;
    broken.push_back(std::move(rule));
  }
  return broken;
}

bool ClusterSpecView::Autoscales() const { return BoolAt(spec, {"enableInTreeAutoscaling"}); }

bool ClusterSpecView::AutoscalesByV2() const {
  return StringAt(spec, {"autoscalerOptions", "version"}) == "v2";
}

const Json& ClusterSpecView::HeadPod() const { return At(spec, {"headGroupSpec", "template", "spec"}); }

const Json& ClusterSpecView::HeadContainer() const {
  static const Json nothing;
  const Json& containers = At(HeadPod(), {"containers"});
  return containers.is_array() && !containers.empty() ? containers[0] : nothing;
}

}  // namespace kubectl_ray
