// Changes an existing cluster: the replicas of a worker group, one more group, suspended or running.
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

// What a scaling would change. Pure.
struct ScalePlan {
  std::size_t index = 0;                                          // of the group in spec.workerGroupSpecs
  std::int64_t replicas = 0, min_replicas = 0, max_replicas = 0;  // after the scaling
  std::vector<std::string> changes;  // "Scaled Replicas: 1 to 3"; empty if there is nothing to do

  bool operator==(const ScalePlan&) const = default;
};

// With an autoscaler, replicas that are not given follow the new bounds. Errors: kNotFound if there is no
// such group (the others are named); kUsage if the replicas are outside the group's minimum and maximum.
shared::Result<ScalePlan> PlanScale(const Json& ray_cluster, const ScaleOptions& options);

shared::Status Scale(const KubeClient& kube, const Cluster& cluster, const ScalePlan& plan);

// Reduces its group by one worker, which is that pod, and returns the group's name. Blocks until the pod is
// being deleted, at most 30 s. kNotFound if it is not a worker of the cluster.
shared::Result<std::string> RemoveWorker(const KubeClient& kube, const Cluster& cluster,
                                         const std::string& pod);

// Adds a group, made by WorkerGroupSpecFor(). kConflict if its name is taken.
shared::Status AddWorkerGroup(const KubeClient& kube, const Cluster& cluster, const Json& worker_group_spec);

// Returns what spec.suspend says. If that is missing, returns what KubeRay does, which keeps a cluster
// suspended if the field was only removed. Pure.
bool IsSuspended(const Json& ray_cluster);
bool IsSuspended(const Cluster& cluster);
shared::Status SetSuspended(const KubeClient& kube, const Cluster& cluster, bool suspended);

}  // namespace kubectl_ray
