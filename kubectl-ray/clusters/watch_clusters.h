// Clusters of either kind, whenever they change.
#pragma once

#include <functional>
#include <string>

#include "kubectl-ray/clusters/clusters.h"

namespace kubectl_ray {

// Calls on_cluster (one thread at a time) for each cluster of the namespace (empty: of all), again whenever
// its RayCluster, or one of its Deployments, changes, and once more with `gone` when it was deleted: as it
// was last, or with no more than its name. Until on_cluster returns false (Ok), the Interrupt is raised
// (kInterrupted), or an error that no retry mends. A refusal (kAuth) of one kind of cluster is judged by
// EitherKind, once the other kind has been listed.
shared::Status WatchClusters(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                             const std::function<bool(const Json& ray_cluster, bool gone)>& on_cluster);

}  // namespace kubectl_ray
