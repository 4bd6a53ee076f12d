#include "kubectl-ray/manifests/worker_counts.h"

#include <algorithm>
#include <limits>

namespace kubectl_ray {

using shared::IntAt;

namespace {

// `replicas`, but no fewer and no more than the group allows.
std::int64_t InBounds(const shared::Json& group, std::int64_t replicas) {
  if (shared::BoolAt(group, {"suspend"})) return 0;
  const std::int64_t most = IntAt(group, {"maxReplicas"}, std::numeric_limits<std::int32_t>::max());
  return std::max(IntAt(group, {"minReplicas"}), std::min(replicas, most));
}

}  // namespace

std::int64_t DesiredReplicas(const shared::Json& worker_group_spec) {
  return InBounds(worker_group_spec, IntAt(worker_group_spec, {"replicas"}));
}

std::int64_t HostsPerReplica(const shared::Json& worker_group_spec) {
  return std::max<std::int64_t>(1, IntAt(worker_group_spec, {"numOfHosts"}, 1));
}

std::int64_t DesiredWorkers(const shared::Json& worker_group_spec) {
  return DesiredReplicas(worker_group_spec) * HostsPerReplica(worker_group_spec);
}

std::int64_t WantedWorkers(const shared::Json& ray_cluster) {
  const bool autoscaled = shared::BoolAt(ray_cluster, {"spec", "enableInTreeAutoscaling"});
  std::int64_t workers = 0;
  for (const shared::Json& group : shared::At(ray_cluster, {"spec", "workerGroupSpecs"}))
    workers += InBounds(group, autoscaled ? 0 : IntAt(group, {"replicas"})) * HostsPerReplica(group);
  return workers;
}

}  // namespace kubectl_ray
