// The columns of `get workergroup`, whose rows are no objects of the API server: the official plugin's. Pure.
#pragma once

#include <optional>
#include <vector>

#include "kubectl-ray/formats/column.h"

namespace kubectl_ray {

// For objects of WorkerGroupObject.
std::vector<Column> WorkerGroupColumns(bool with_namespace);
// A worker group as an object of its own: metadata.name and .namespace, the cluster as a label, spec, status.
// ready_pods: of the group; a replica of several hosts is ready if all of its pods are. Nothing if pods may
// not be looked at: the object has no status then.
shared::Json WorkerGroupObject(const shared::Json& ray_cluster, const shared::Json& worker_group_spec,
                               std::optional<int> ready_pods);

}  // namespace kubectl_ray
