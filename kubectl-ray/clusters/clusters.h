// Ray clusters as they are in the API server, of either kind: RayCluster resources and plain Deployments.
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
  Json ray_cluster;  // the resource, or RayClusterOf the Deployments
  // kPlain only.
  Json head = {};
  std::vector<Json> workers = {};
};

// Whether it worked, without what it brought.
template <typename T>
shared::Status OutcomeOf(const shared::Result<T>& result) {
  return result ? shared::Ok() : shared::Status(shared::Unexpected(result.error()));
}

// Judges the outcomes of asking for the two kinds of clusters. A refusal (kAuth) of one of them counts as
// "there are none of that kind", and KubeClient::Note() says so; where both are refused, or the only one that
// the API server has, the refusal is returned. So do all functions below that look at both kinds.
shared::Status EitherKind(const KubeClient& kube, const shared::Status& ray_clusters,
                          const shared::Status& plain);

// kNotFound offers the near name of a cluster in the namespace. kAuth where only one kind may be looked for
// and has none of the name: whether the cluster is there is not known then.
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
shared::Result<std::vector<std::string>> ListClusterNames(
    const KubeClient& kube, const std::string& ns,
    std::size_t limit = std::numeric_limits<std::size_t>::max());

// The same for the plain ones alone.
shared::Status EachPlainCluster(const KubeClient& kube, const std::string& ns,
                                const ClusterListOptions& options,
                                const std::function<bool(Cluster)>& on_cluster);

// The error for a worker group that is not there, naming those that are.
shared::Unexpected<shared::Error> WorkerGroupNotFound(const Json& ray_cluster, const std::string& group);

}  // namespace kubectl_ray
