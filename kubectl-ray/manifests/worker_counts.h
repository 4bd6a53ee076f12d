// How many workers a worker group stands for. Source: ray-operator v1.6.2,
// controllers/ray/utils/util.go, GetWorkerGroupDesiredReplicas.
#pragma once

#include <cstdint>

#include "shared/json.h"

namespace kubectl_ray {

// The replicas that are kept of the group: `replicas`, but at least minReplicas and at most maxReplicas; none
// of a suspended one.
std::int64_t DesiredReplicas(const shared::Json& worker_group_spec);

// The pods of one replica: numOfHosts.
std::int64_t HostsPerReplica(const shared::Json& worker_group_spec);

// The pods of all of them.
std::int64_t DesiredWorkers(const shared::Json& worker_group_spec);

// The workers of a RayCluster that a wait for it waits for: those of all groups; of an autoscaled cluster
// only those of the minimum, as the autoscaler removes what has no work.
std::int64_t WantedWorkers(const shared::Json& ray_cluster);

}  // namespace kubectl_ray
