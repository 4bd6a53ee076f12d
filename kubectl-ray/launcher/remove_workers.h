// Taking the workers of a cluster away, and leaving its head.
#pragma once

#include <vector>

#include "kubectl-ray/clusters/change.h"

namespace kubectl_ray {

// Returns a scaling of each group that has workers to remove: to none, with a minimum of none, so that no
// autoscaler makes them again; or, to keep the minimum, to that. Pure.
std::vector<ScalePlan> PlanRemovalOfWorkers(const Json& ray_cluster, bool keep_min);

}  // namespace kubectl_ray
