// What a cluster's pods ask for in sum, as KubeRay reckons it for a RayCluster's status.
#pragma once

#include "kubectl-ray/formats/quantity.h"
#include "shared/json.h"

namespace kubectl_ray {

struct ResourceTotals {
  Quantity cpu, memory, gpu, tpu;

  ResourceTotals operator+(const ResourceTotals& other) const;
  ResourceTotals operator*(std::int64_t pods) const;
  bool operator==(const ResourceTotals&) const = default;
};

// Of all containers of one pod: requests, where there is none the limit. gpu is nvidia.com/gpu.
ResourceTotals PodResourceTotals(const shared::Json& pod_spec);
// Of all replicas of a worker group; nothing while it is suspended.
ResourceTotals WorkerGroupResources(const shared::Json& worker_group_spec);
// Of the head and all worker groups.
ResourceTotals DesiredResources(const shared::Json& ray_cluster);

}  // namespace kubectl_ray
