// Clusters of either kind, told whenever they change.
#pragma once

#include <functional>
#include <string>

#include "kubectl-ray/clusters/clusters.h"

namespace kubectl_ray {

// Calls on_cluster (one thread at a time) for each cluster of the namespace (empty: of all), and again
// whenever its RayCluster, or one of its Deployments, changes, until it says false (Ok), the Interrupt
// (kInterrupted) or an error that no retry mends.
shared::Status WatchClusters(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                             const std::function<bool(const Json& ray_cluster)>& on_cluster);

}  // namespace kubectl_ray
