// Reports clusters of either kind whenever they change.
#pragma once

#include <functional>
#include <string>

#include "kubectl-ray/clusters/clusters.h"

namespace kubectl_ray {

// Calls on_cluster (one thread at a time) for each cluster of the namespace (of all, if it is empty), again
// whenever its RayCluster or one of its Deployments changes, and once more with `gone` after it was deleted:
// then with its last state, or with its name only. Blocks until on_cluster returns false (Ok), the Interrupt
// is raised (kInterrupted), or an error comes that a retry cannot mend. EitherKind() judges a refusal (kAuth)
// of one kind, after the other kind was listed.
shared::Status WatchClusters(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                             const std::function<bool(const Json& ray_cluster, bool gone)>& on_cluster);

}  // namespace kubectl_ray
