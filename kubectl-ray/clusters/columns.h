// The columns of `get`: the official plugin's, and with -o wide some more. Pure.
#pragma once

#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/formats/time.h"

namespace kubectl_ray {

// For RayCluster objects of either backend.
std::vector<Column> ClusterColumns(const Clock& now);

// For objects of WorkerGroupObject.
std::vector<Column> WorkerGroupColumns(bool with_namespace);
// A worker group as an object of its own: metadata.name and .namespace, the cluster as a label, spec, status.
// ready_pods: of the group; a replica of several hosts is ready if all of its pods are.
shared::Json WorkerGroupObject(const shared::Json& ray_cluster, const shared::Json& worker_group_spec,
                               int ready_pods);
// For RayJobs and RayServices, as their CRDs print them.
std::vector<Column> JobColumns(const Clock& now);
std::vector<Column> ServiceColumns(const Clock& now);

// The type of the condition that says most, in the official plugin's order, or empty.
std::string RelevantCondition(const shared::Json& ray_cluster);

}  // namespace kubectl_ray
