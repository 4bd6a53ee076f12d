#include "kubectl-ray/clusters/change.h"

#include <algorithm>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::Ok;
using shared::Status;
using shared::StringAt;

constexpr const char* kMergePatch = "application/merge-patch+json";
constexpr const char* kJsonPatch = "application/json-patch+json";

std::string NameOf(const Cluster& cluster) { return StringAt(cluster.ray_cluster, {"metadata", "name"}); }
std::string NamespaceOf(const Cluster& cluster) {
  return StringAt(cluster.ray_cluster, {"metadata", "namespace"});
}

const Json& GroupAt(const Cluster& cluster, std::size_t index) {
  return At(cluster.ray_cluster, {"spec", "workerGroupSpecs"})[index];
}

Status PatchObject(const KubeClient& kube, const Resource& resource, const std::string& ns,
                   const std::string& name, const Json& patch, const char* type) {
  TRY(kube.Patch(resource, ns, name, patch, type));
  return Ok();
}

// A JSON patch's test: fails if the group is not at this index any more.
Json GroupPatch(const std::string& place, const std::string& group) {
  return Json::array({{{"op", "test"}, {"path", place + "/groupName"}, {"value", group}}});
}

shared::Unexpected<shared::Error> Outside(const char* flag, std::int64_t value, const char* relation,
                                          const char* other, std::int64_t limit) {
  return Fail(ErrorCode::kUsage, std::string("cannot set ") + flag + " (" + std::to_string(value) + ") " +
                                     relation + " " + other + " (" + std::to_string(limit) + ")");
}

void Note(ScalePlan& plan, const char* what, std::int64_t before, std::int64_t after) {
  if (before != after)
    plan.changes.push_back(std::string("Scaled ") + what + ": " + std::to_string(before) + " to " +
                           std::to_string(after));
}

Status ScaleDeployment(const KubeClient& kube, const Cluster& cluster, const ScalePlan& plan) {
  const Json& worker = cluster.workers[plan.index];
  Json patch;
  patch["metadata"]["annotations"] = {{kReplicasAnnotation, std::to_string(plan.replicas)},
                                      {kMinReplicasAnnotation, std::to_string(plan.min_replicas)},
                                      {kMaxReplicasAnnotation, std::to_string(plan.max_replicas)}};
  if (!IsSuspended(cluster)) patch["spec"]["replicas"] = plan.replicas;
  return PatchObject(kube, kDeployments, NamespaceOf(cluster), StringAt(worker, {"metadata", "name"}), patch,
                     kMergePatch);
}

// The pod to remove, and the index of its group.
struct Worker {
  std::size_t index = 0;
  std::string group;
};

shared::Result<Worker> FindWorker(const KubeClient& kube, const Cluster& cluster,
                                  const std::string& pod_name) {
  const shared::Result<Json> pod = kube.Get(kPods, NamespaceOf(cluster), pod_name);
  if (!pod && pod.error().code != ErrorCode::kNotFound) return shared::Unexpected(pod.error());
  const bool worker = pod && StringAt(*pod, {"metadata", "labels", kClusterLabel}) == NameOf(cluster) &&
                      StringAt(*pod, {"metadata", "labels", kNodeTypeLabel}) == "worker";
  if (!worker)
    return Fail(
        ErrorCode::kNotFound,
        "pod \"" + shared::EscapeControl(pod_name) + "\" is no worker of Ray cluster \"" + NameOf(cluster) +
            "\"",
        "`kubectl ray get node -c " + NameOf(cluster) + " -n " + NamespaceOf(cluster) + "` lists them.");
  const std::string group = StringAt(*pod, {"metadata", "labels", kGroupLabel});
  const Json& groups = At(cluster.ray_cluster, {"spec", "workerGroupSpecs"});
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (StringAt(groups[i], {"groupName"}) == group) return Worker{i, group};
  return WorkerGroupNotFound(cluster.ray_cluster, group);
}

Status MarkForRemoval(const KubeClient& kube, const Cluster& cluster, const Worker& worker,
                      const std::string& pod, std::int64_t replicas) {
  const std::string ns = NamespaceOf(cluster);
  if (cluster.backend == Backend::kOperator) {
    const std::string place = "/spec/workerGroupSpecs/" + std::to_string(worker.index);
    Json patch = GroupPatch(place, worker.group);
    patch.push_back({{"op", "add"}, {"path", place + "/replicas"}, {"value", replicas}});
    patch.push_back({{"op", "add"},
                     {"path", place + "/scaleStrategy"},
                     {"value", {{"workersToDelete", Json::array({pod})}}}});
    return PatchObject(kube, kRayClusters, ns, NameOf(cluster), patch, kJsonPatch);
  }
  // A ReplicaSet removes the cheapest of its ready pods.
  Json cost;
  cost["metadata"]["annotations"]["controller.kubernetes.io/pod-deletion-cost"] = "-2147483647";
  TRY(PatchObject(kube, kPods, ns, pod, cost, kMergePatch));
  Json patch;
  patch["metadata"]["annotations"][kReplicasAnnotation] = std::to_string(replicas);
  patch["spec"]["replicas"] = replicas;
  return PatchObject(kube, kDeployments, ns, WorkerDeploymentName(NameOf(cluster), worker.group), patch,
                     kMergePatch);
}

Status WaitUntilDeleting(const KubeClient& kube, const std::string& ns, const std::string& pod) {
  bool synced = false, there = false;
  const Status watched =
      kube.Watch(kPods, ns, {.field_selector = "metadata.name=" + pod},
                 Deadline::After(std::chrono::seconds(30)), [&](const WatchEvent& event) {
                   synced = synced || event.type == WatchEventType::kSynced;
                   if (event.type == WatchEventType::kDeleted) there = false;
                   if (event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified)
                     there = At(event.object, {"metadata", "deletionTimestamp"}).is_null();
                   return !synced || there;
                 });
  if (watched || watched.error().code != ErrorCode::kTimeout) return watched;
  return Fail(ErrorCode::kTimeout,
              "pod \"" + pod + "\" is not being deleted after 30s, though its group was made smaller",
              "Another worker that was not ready may have gone in its place; `kubectl ray get node` shows "
              "what is left.");
}

Status SuspendDeployments(const KubeClient& kube, const Cluster& cluster, bool suspended) {
  const std::string ns = NamespaceOf(cluster);
  auto set = [&](const Json& deployment) {
    Json patch;
    const std::string wanted = StringAt(deployment, {"metadata", "annotations", kReplicasAnnotation}, "1");
    patch["metadata"]["annotations"][kReplicasAnnotation] = wanted;
    patch["spec"]["replicas"] = suspended ? 0 : std::atoi(wanted.c_str());
    return PatchObject(kube, kDeployments, ns, StringAt(deployment, {"metadata", "name"}), patch,
                       kMergePatch);
  };
  // A cluster counts as suspended when its head has no replicas, so the head changes last when suspending and
  // first when resuming.
  if (!suspended) TRY(set(cluster.head));
  for (const Json& worker : cluster.workers) TRY(set(worker));
  return suspended ? set(cluster.head) : Ok();
}

}  // namespace

shared::Result<ScalePlan> PlanScale(const Json& ray_cluster, const ScaleOptions& options) {
  const Json& groups = At(ray_cluster, {"spec", "workerGroupSpecs"});
  ScalePlan plan;
  while (plan.index < groups.size() && StringAt(groups[plan.index], {"groupName"}) != options.group)
    ++plan.index;
  if (plan.index >= groups.size()) return WorkerGroupNotFound(ray_cluster, options.group);
  const Json& group = groups[plan.index];
  const std::int64_t replicas = IntAt(group, {"replicas"}), min = IntAt(group, {"minReplicas"}),
                     max = IntAt(group, {"maxReplicas"}, 2147483647);
  plan.min_replicas = options.min_replicas.value_or(static_cast<int>(min));
  plan.max_replicas = options.max_replicas.value_or(static_cast<int>(max));
  if (plan.min_replicas > plan.max_replicas)
    return Outside("--min-replicas", plan.min_replicas, "greater than", "--max-replicas", plan.max_replicas);
  plan.replicas = options.replicas.value_or(static_cast<int>(replicas));
  // The autoscaler then owns the current number, and keeps it within the new bounds.
  if (!options.replicas && shared::BoolAt(ray_cluster, {"spec", "enableInTreeAutoscaling"}))
    plan.replicas = std::clamp(plan.replicas, plan.min_replicas, plan.max_replicas);
  if (plan.replicas < plan.min_replicas)
    return Outside("--replicas", plan.replicas, "less than", "--min-replicas", plan.min_replicas);
  if (plan.replicas > plan.max_replicas)
    return Outside("--replicas", plan.replicas, "greater than", "--max-replicas", plan.max_replicas);
  Note(plan, "minReplicas", min, plan.min_replicas);
  Note(plan, "maxReplicas", max, plan.max_replicas);
  Note(plan, "Replicas", replicas, plan.replicas);
  return plan;
}

Status Scale(const KubeClient& kube, const Cluster& cluster, const ScalePlan& plan) {
  if (cluster.backend == Backend::kPlain) return ScaleDeployment(kube, cluster, plan);
  const std::string place = "/spec/workerGroupSpecs/" + std::to_string(plan.index);
  Json patch = GroupPatch(place, StringAt(GroupAt(cluster, plan.index), {"groupName"}));
  patch.push_back({{"op", "add"}, {"path", place + "/replicas"}, {"value", plan.replicas}});
  patch.push_back({{"op", "add"}, {"path", place + "/minReplicas"}, {"value", plan.min_replicas}});
  patch.push_back({{"op", "add"}, {"path", place + "/maxReplicas"}, {"value", plan.max_replicas}});
  return PatchObject(kube, kRayClusters, NamespaceOf(cluster), NameOf(cluster), patch, kJsonPatch);
}

shared::Result<std::string> RemoveWorker(const KubeClient& kube, const Cluster& cluster,
                                         const std::string& pod) {
  ASSIGN_OR_RETURN(const Worker worker, FindWorker(kube, cluster, pod));
  const Json& group = GroupAt(cluster, worker.index);
  const std::int64_t replicas = IntAt(group, {"replicas"}) - 1;
  if (replicas < IntAt(group, {"minReplicas"}))
    return Outside("--replicas", replicas, "less than", "--min-replicas", IntAt(group, {"minReplicas"}));
  TRY(MarkForRemoval(kube, cluster, worker, pod, replicas));
  TRY(WaitUntilDeleting(kube, NamespaceOf(cluster), pod));
  return worker.group;
}

Status AddWorkerGroup(const KubeClient& kube, const Cluster& cluster, const Json& worker_group_spec) {
  const std::string name = StringAt(worker_group_spec, {"groupName"});
  for (const Json& group : At(cluster.ray_cluster, {"spec", "workerGroupSpecs"}))
    if (StringAt(group, {"groupName"}) == name)
      return Fail(ErrorCode::kConflict, "cannot create worker group \"" + name + "\": Ray cluster \"" +
                                            NameOf(cluster) + "\" in namespace \"" + NamespaceOf(cluster) +
                                            "\" already has it");
  if (cluster.backend == Backend::kPlain) {
    ASSIGN_OR_RETURN(Json deployment, WorkerDeploymentFor(cluster.ray_cluster, worker_group_spec));
    deployment["metadata"]["ownerReferences"] = OwnerReferences(cluster.head);
    TRY(kube.Create(kDeployments, NamespaceOf(cluster), deployment));
    return Ok();
  }
  Json patch = Json::array();
  if (!At(cluster.ray_cluster, {"spec", "workerGroupSpecs"}).is_array())
    patch.push_back({{"op", "add"}, {"path", "/spec/workerGroupSpecs"}, {"value", Json::array()}});
  patch.push_back({{"op", "add"}, {"path", "/spec/workerGroupSpecs/-"}, {"value", worker_group_spec}});
  return PatchObject(kube, kRayClusters, NamespaceOf(cluster), NameOf(cluster), patch, kJsonPatch);
}

bool IsSuspended(const Json& ray_cluster) {
  if (const Json& wanted = At(ray_cluster, {"spec", "suspend"}); !wanted.is_null())
    return shared::BoolAt(ray_cluster, {"spec", "suspend"});
  const Json& conditions = At(ray_cluster, {"status", "conditions"});
  if (!conditions.is_array()) return StringAt(ray_cluster, {"status", "state"}) == "suspended";
  return std::any_of(conditions.begin(), conditions.end(), [](const Json& condition) {
    const std::string type = StringAt(condition, {"type"});
    return (type == "RayClusterSuspended" || type == "RayClusterSuspending") &&
           StringAt(condition, {"status"}) == "True";
  });
}

bool IsSuspended(const Cluster& cluster) { return IsSuspended(cluster.ray_cluster); }

Status SetSuspended(const KubeClient& kube, const Cluster& cluster, bool suspended) {
  if (cluster.backend == Backend::kPlain) return SuspendDeployments(kube, cluster, suspended);
  const Json patch = {{"spec", {{"suspend", suspended}}}};
  return PatchObject(kube, kRayClusters, NamespaceOf(cluster), NameOf(cluster), patch, kMergePatch);
}

}  // namespace kubectl_ray
