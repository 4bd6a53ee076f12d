// Changes of a cluster that is there: replicas of a worker group, a group more, suspended or running.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/clusters/clusters.h"

namespace kubectl_ray {

struct ScaleOptions {
  std::string group;
  std::optional<int> replicas;
  std::optional<int> min_replicas;
  std::optional<int> max_replicas;

  bool operator==(const ScaleOptions&) const = default;
};

// What a scaling comes to. Pure.
struct ScalePlan {
  std::size_t index = 0;                                          // of the group in spec.workerGroupSpecs
  std::int64_t replicas = 0, min_replicas = 0, max_replicas = 0;  // afterwards
  std::vector<std::string> changes;  // "Scaled Replicas: 1 to 3"; empty: nothing to do

  bool operator==(const ScalePlan&) const = default;
};

// With an autoscaler, replicas that are not given follow the bounds. kNotFound: no such group, the others
// named. kUsage: outside the group's minimum and maximum.
shared::Result<ScalePlan> PlanScale(const Json& ray_cluster, const ScaleOptions& options);

shared::Status Scale(const KubeClient& kube, const Cluster& cluster, const ScalePlan& plan);

// One worker less, and it is that pod. Blocks until it is being deleted, 30 s at most. kNotFound: it is no
// worker of the cluster. Returns its group's name.
shared::Result<std::string> RemoveWorker(const KubeClient& kube, const Cluster& cluster,
                                         const std::string& pod);

// Adds a group of WorkerGroupSpecFor. kConflict where its name is taken.
shared::Status AddWorkerGroup(const KubeClient& kube, const Cluster& cluster, const Json& worker_group_spec);

// What its spec.suspend says; where that is missing, what KubeRay does: a cluster stays suspended when the
// field is only taken away. Pure.
bool IsSuspended(const Json& ray_cluster);
bool IsSuspended(const Cluster& cluster);
shared::Status SetSuspended(const KubeClient& kube, const Cluster& cluster, bool suspended);

}  // namespace kubectl_ray
