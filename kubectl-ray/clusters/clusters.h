// Ray clusters as they are in the API server, of either kind: RayCluster resources and plain Deployments.
#pragma once

#include <functional>
#include <limits>
#include <optional>

#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/manifests/pod_template.h"

namespace kubectl_ray {

struct Cluster {
  Backend backend = Backend::kOperator;
  Json ray_cluster;  // the resource, or RayClusterOf the Deployments
  // kPlain only.
  Json head = {};
  std::vector<Json> workers = {};
};

// kNotFound offers the near name of a cluster in the namespace.
shared::Result<Cluster> FindCluster(const KubeClient& kube, const std::string& ns, const std::string& name);

struct ClusterListOptions {
  std::string label_selector = {};
  std::string name = {};  // only clusters of this name
};

// Calls on_cluster for each cluster of the namespace (empty: of all), page by page, RayClusters first; false
// stops. No more than a page is in memory at a time.
shared::Status EachCluster(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                           const std::function<bool(Cluster)>& on_cluster);

// The names of all clusters of the namespace, or of the first `limit` of them.
shared::Result<std::vector<std::string>> ClusterNames(
    const KubeClient& kube, const std::string& ns,
    std::size_t limit = std::numeric_limits<std::size_t>::max());

// The same for the plain ones alone.
shared::Status EachPlainCluster(const KubeClient& kube, const std::string& ns,
                                const ClusterListOptions& options,
                                const std::function<bool(Cluster)>& on_cluster);

// The error for a worker group that is not there, naming those that are.
shared::Unexpected<shared::Error> WorkerGroupNotFound(const Json& ray_cluster, const std::string& group);

}  // namespace kubectl_ray
