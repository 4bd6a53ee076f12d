#include "kubectl-ray/launcher/remove_workers.h"

namespace kubectl_ray {

std::vector<ScalePlan> PlanRemovalOfWorkers(const Json& ray_cluster, bool keep_min) {
  std::vector<ScalePlan> plans;
  const Json& groups = shared::At(ray_cluster, {"spec", "workerGroupSpecs"});
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::int64_t replicas = shared::IntAt(groups[i], {"replicas"});
    const std::int64_t min = shared::IntAt(groups[i], {"minReplicas"});
    const std::int64_t left = keep_min ? min : 0;
    if (replicas <= left && min <= left) continue;
    plans.push_back({.index = i,
                     .replicas = left,
                     .min_replicas = left,
                     .max_replicas = shared::IntAt(groups[i], {"maxReplicas"}, 2147483647),
                     .changes = {"group " + shared::StringAt(groups[i], {"groupName"}) + ": " +
                                 std::to_string(replicas) + " to " + std::to_string(left)}});
  }
  return plans;
}

}  // namespace kubectl_ray
