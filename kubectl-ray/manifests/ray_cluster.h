// The RayCluster resource (ray.io/v1) for what a user asked for.
#pragma once

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/cluster_spec.h"
#include "kubectl-ray/manifests/pod_template.h"

namespace kubectl_ray {

// The whole object, without a status. For Backend::kPlain it is the same object less what only the
// operator reads: DeploymentsFor turns it into the objects that are sent, so that --set means the same on
// both.
Json RayClusterFor(const ClusterSpec& spec, Backend backend);

// One entry of spec.workerGroupSpecs. Of `spec`, only what pods share is read.
Json WorkerGroupSpecFor(const ClusterSpec& spec, const WorkerGroup& group, Backend backend);

// Sets an environment variable for the agent of each pod whose terminationGracePeriodSeconds is not the
// agent's default, so that a drain uses all of it: the downward API does not offer the field. A variable that
// is there stays. Call it when all that a user asked for is in the object.
void SetGracePeriodVariables(Json* ray_cluster);

}  // namespace kubectl_ray
