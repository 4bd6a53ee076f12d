// The sum of what a cluster's pods ask for, as KubeRay computes it for a RayCluster's status.
#pragma once

#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/kinds/container_resources.h"
#include "shared/json.h"

namespace kubectl_ray {

struct ResourceTotals {
  Quantity cpu, memory, gpu, tpu;
  Devices devices;  // GPUs and TPUs too, by their makers' names

  ResourceTotals operator+(const ResourceTotals& other) const;
  ResourceTotals operator*(std::int64_t pods) const;
  bool operator==(const ResourceTotals&) const = default;
};

// Returns the sum over all containers of one pod: the request or, if there is none, the limit. gpu is all
// that IsGpuResource() says.
ResourceTotals PodResourceTotals(const shared::Json& pod_spec);
// Returns the sum over all replicas of a worker group; zero while it is suspended.
ResourceTotals WorkerGroupResources(const shared::Json& worker_group_spec);
// Returns the sum over the head and all worker groups.
ResourceTotals DesiredResources(const shared::Json& ray_cluster);

}  // namespace kubectl_ray
