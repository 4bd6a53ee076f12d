// Finds Ray clusters of either kind in the API server: RayCluster resources and plain Deployments.
#pragma once

#include <functional>
#include <limits>
#include <optional>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/manifests/pod_template.h"

namespace kubectl_ray {

struct Cluster {
  Backend backend = Backend::kOperator;
  Json ray_cluster;  // the resource, or RayClusterOf() the Deployments
  // kPlain only.
  Json head = {};
  std::vector<Json> workers = {};
};

// Returns whether it worked, without the value.
template <typename T>
shared::Status OutcomeOf(const shared::Result<T>& result) {
  return result ? shared::Ok() : shared::Status(shared::Unexpected(result.error()));
}

// Judges the outcomes of two requests, for either kind of cluster. If one is refused (kAuth), it counts as
// "there are none of that kind", and a KubeClient::Note() says so. If both are refused, or the only kind that
// the API server serves, returns the refusal. All functions below that read both kinds do the same.
shared::Status EitherKind(const KubeClient& kube, const shared::Status& ray_clusters,
                          const shared::Status& plain);

// Returns the cluster. kNotFound offers the near name of a cluster in the namespace. kAuth if only one kind
// may be read and has none of this name, because then nobody knows whether the cluster exists.
shared::Result<Cluster> FindCluster(const KubeClient& kube, const std::string& ns, const std::string& name);

struct ClusterListOptions {
  std::string label_selector = {};
  std::string name = {};           // only clusters of this name
  shared::JsonFields fields = {};  // of each RayCluster; plain clusters have all
};

// Calls on_cluster for each cluster of the namespace (of all, if it is empty), page by page, RayClusters
// first, until it returns false. Only one page is in memory at a time.
shared::Status EachCluster(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                           const std::function<bool(Cluster)>& on_cluster);

// Returns the names of all clusters of the namespace, or of the first `limit`.
shared::Result<std::vector<std::string>> ListClusterNames(
    const KubeClient& kube, const std::string& ns,
    std::size_t limit = std::numeric_limits<std::size_t>::max());

// The same as EachCluster(), for plain clusters only.
shared::Status EachPlainCluster(const KubeClient& kube, const std::string& ns,
                                const ClusterListOptions& options,
                                const std::function<bool(Cluster)>& on_cluster);

// Returns why some of the cluster's pods are not even made, as WhyPodsAreRefused() does (pods/pod_refusal.h).
std::string RefusalOfPods(const Cluster& cluster);

// Returns the error for a worker group that does not exist; it names those that do.
shared::Unexpected<shared::Error> WorkerGroupNotFound(const Json& ray_cluster, const std::string& group);

}  // namespace kubectl_ray
