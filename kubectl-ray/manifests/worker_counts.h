// How many workers a worker group shall have. Source: ray-operator v1.6.2,
// controllers/ray/utils/util.go, GetWorkerGroupDesiredReplicas.
#pragma once

#include <cstdint>

#include "shared/json.h"

namespace kubectl_ray {

// Returns how many replicas of the group KubeRay keeps: `replicas`, but at least minReplicas and at most
// maxReplicas; 0 if the group is suspended.
std::int64_t DesiredReplicas(const shared::Json& worker_group_spec);

// Returns how many pods a replica has: numOfHosts.
std::int64_t HostsPerReplica(const shared::Json& worker_group_spec);

// Returns how many pods all replicas have.
std::int64_t DesiredWorkers(const shared::Json& worker_group_spec);

// The workers of a RayCluster that a wait for it waits for: those of all groups; of an autoscaled cluster
// only those of the minimum, as the autoscaler removes what has no work.
std::int64_t WantedWorkers(const shared::Json& ray_cluster);

}  // namespace kubectl_ray
