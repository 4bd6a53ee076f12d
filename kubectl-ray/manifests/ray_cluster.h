// Makes the RayCluster resource (ray.io/v1) that a user asked for.
#pragma once

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/cluster_spec.h"
#include "kubectl-ray/manifests/pod_template.h"

namespace kubectl_ray {

// Returns the whole object, without a status. For Backend::kPlain it has no fields that only the operator
// reads; DeploymentsFor() turns it into the objects that are sent, so that --set means the same for both
// backends.
Json RayClusterFor(const ClusterSpec& spec, Backend backend);

// Returns one entry of spec.workerGroupSpecs. Reads only those members of `spec` that all pods share.
Json WorkerGroupSpecFor(const ClusterSpec& spec, const WorkerGroup& group, Backend backend);

// Has Ray's containers of all groups, and the autoscaler's, meet Pod Security's level `restricted`; a
// container that has a securityContext keeps it. Call it before SettlePods().
void RestrictPods(Json* ray_cluster);

// Calls SettlePod() (pod_template.h) for the pods of all groups. Call it once everything that the user asked
// for is in the object.
void SettlePods(Json* ray_cluster);

}  // namespace kubectl_ray
