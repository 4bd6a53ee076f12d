#include "kubectl-ray/clusters/clusters.h"

#include <map>

#include "kubectl-ray/manifests/labels.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Ok;
using shared::Status;
using shared::StringAt;

// So many heads' workers are asked for in one request; their names have to fit its URL.
constexpr std::size_t kHeadsAtOnce = 100;
constexpr std::size_t kNamesLookedAt = 1000;  // for a near one

std::string Key(const Json& deployment) {
  return StringAt(deployment, {"metadata", "namespace"}) + "/" +
         StringAt(deployment, {"metadata", "labels", kClusterLabel});
}

// The worker Deployments of these heads, by namespace/cluster.
shared::Result<std::map<std::string, std::vector<Json>>> WorkersOf(const KubeClient& kube,
                                                                   const std::string& ns,
                                                                   const std::vector<Json>& heads) {
  std::string names;
  for (const Json& head : heads)
    names += (names.empty() ? "" : ",") + StringAt(head, {"metadata", "labels", kClusterLabel});
  const ListOptions options{.label_selector = std::string(kManagedByLabel) + "=" + kManagedByUs + "," +
                                              kNodeTypeLabel + "=worker," + kClusterLabel + " in (" + names +
                                              ")"};
  std::map<std::string, std::vector<Json>> workers;
  TRY(kube.List(kDeployments, ns, options, [&](Json worker) {
    workers[Key(worker)].push_back(std::move(worker));
    return true;
  }));
  return workers;
}

Cluster PlainClusterOf(Json head, std::vector<Json> workers) {
  for (Json* object : {&head}) (*object)["kind"] = "Deployment";  // items of a list come without one
  (head)["apiVersion"] = "apps/v1";
  Cluster cluster{.backend = Backend::kPlain, .ray_cluster = RayClusterOf(head, workers)};
  cluster.head = std::move(head);
  cluster.workers = std::move(workers);
  return cluster;
}

// Tells the plain clusters of `heads`; false: on_cluster wants no more.
shared::Result<bool> TellPlain(const KubeClient& kube, const std::string& ns, std::vector<Json> heads,
                               const std::function<bool(Cluster)>& on_cluster) {
  if (heads.empty()) return true;
  ASSIGN_OR_RETURN(auto workers, WorkersOf(kube, ns, heads));
  for (Json& head : heads) {
    std::vector<Json> own = std::move(workers[Key(head)]);
    if (!on_cluster(PlainClusterOf(std::move(head), std::move(own)))) return false;
  }
  return true;
}

shared::Unexpected<shared::Error> ClusterNotFound(const KubeClient& kube, const std::string& ns,
                                                  const std::string& name) {
  const auto names = ClusterNames(kube, ns, kNamesLookedAt);
  std::string hint = names ? shared::DidYouMean(name, *names) : "";
  if (hint.empty()) hint = "`kubectl ray get cluster -n " + ns + "` lists the clusters there.";
  return Fail(ErrorCode::kNotFound,
              "Ray cluster \"" + shared::EscapeControl(name) + "\" not found in namespace \"" + ns + "\"",
              hint);
}

}  // namespace

shared::Result<Cluster> FindCluster(const KubeClient& kube, const std::string& ns, const std::string& name) {
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  if (served) {
    shared::Result<Json> found = kube.Get(kRayClusters, ns, name);
    if (found) return Cluster{.backend = Backend::kOperator, .ray_cluster = std::move(*found)};
    if (found.error().code != ErrorCode::kNotFound) return shared::Unexpected(found.error());
  }
  shared::Result<Json> head = kube.Get(kDeployments, ns, HeadDeploymentName(name));
  if (!head && head.error().code != ErrorCode::kNotFound) return shared::Unexpected(head.error());
  if (!head || !IsPlainHead(*head)) return ClusterNotFound(kube, ns, name);
  std::vector<Json> heads = {*head};
  ASSIGN_OR_RETURN(auto workers, WorkersOf(kube, ns, heads));
  return PlainClusterOf(std::move(*head), std::move(workers[Key(heads.front())]));
}

Status EachPlainCluster(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                        const std::function<bool(Cluster)>& on_cluster) {
  ListOptions list{.label_selector =
                       std::string(kManagedByLabel) + "=" + kManagedByUs + "," + kNodeTypeLabel + "=head"};
  if (!options.label_selector.empty()) list.label_selector += "," + options.label_selector;
  if (!options.name.empty()) list.label_selector += std::string(",") + kClusterLabel + "=" + options.name;
  std::vector<Json> heads;
  shared::Result<bool> more = true;
  auto flush = [&] {
    more = TellPlain(kube, ns, std::move(heads), on_cluster);
    heads.clear();
    return more && *more;
  };
  TRY(kube.List(kDeployments, ns, list, [&](Json head) {
    heads.push_back(std::move(head));
    return heads.size() < kHeadsAtOnce || flush();
  }));
  if (more && *more) flush();
  if (!more) return shared::Unexpected(more.error());
  return Ok();
}

Status EachCluster(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                   const std::function<bool(Cluster)>& on_cluster) {
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  bool more = true;
  if (served) {
    ListOptions list{.label_selector = options.label_selector};
    if (!options.name.empty()) list.field_selector = "metadata.name=" + options.name;
    TRY(kube.List(kRayClusters, ns, list, [&](Json item) {
      more = on_cluster(Cluster{.backend = Backend::kOperator, .ray_cluster = std::move(item)});
      return more;
    }));
  }
  return more ? EachPlainCluster(kube, ns, options, on_cluster) : Ok();
}

shared::Result<std::vector<std::string>> ClusterNames(const KubeClient& kube, const std::string& ns,
                                                      std::size_t limit) {
  std::vector<std::string> names;
  TRY(EachCluster(kube, ns, {}, [&](const Cluster& cluster) {
    names.push_back(StringAt(cluster.ray_cluster, {"metadata", "name"}));
    return names.size() < limit;
  }));
  return names;
}

shared::Unexpected<shared::Error> WorkerGroupNotFound(const Json& ray_cluster, const std::string& group) {
  std::vector<std::string> names;
  std::string listed;
  for (const Json& spec : shared::At(ray_cluster, {"spec", "workerGroupSpecs"})) {
    names.push_back(StringAt(spec, {"groupName"}));
    listed += (listed.empty() ? "" : ", ") + names.back();
  }
  std::string hint = shared::DidYouMean(group, names);
  return Fail(ErrorCode::kNotFound,
              "worker group " + shared::EscapeControl(group) + " not found in Ray cluster " +
                  StringAt(ray_cluster, {"metadata", "name"}) + " in namespace " +
                  StringAt(ray_cluster, {"metadata", "namespace"}) + ". Available worker groups: " + listed,
              hint);
}

}  // namespace kubectl_ray
