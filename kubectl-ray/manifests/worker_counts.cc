#include "kubectl-ray/manifests/worker_counts.h"

#include <algorithm>
#include <limits>

namespace kubectl_ray {

using shared::IntAt;

std::int64_t DesiredReplicas(const shared::Json& worker_group_spec) {
  if (shared::BoolAt(worker_group_spec, {"suspend"})) return 0;
  const std::int64_t most =
      IntAt(worker_group_spec, {"maxReplicas"}, std::numeric_limits<std::int32_t>::max());
  return std::max(IntAt(worker_group_spec, {"minReplicas"}),
                  std::min(IntAt(worker_group_spec, {"replicas"}), most));
}

std::int64_t HostsPerReplica(const shared::Json& worker_group_spec) {
  return std::max<std::int64_t>(1, IntAt(worker_group_spec, {"numOfHosts"}, 1));
}

std::int64_t DesiredWorkers(const shared::Json& worker_group_spec) {
  return DesiredReplicas(worker_group_spec) * HostsPerReplica(worker_group_spec);
}

}  // namespace kubectl_ray
