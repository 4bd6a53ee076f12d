#include "kubectl-ray/clusters/clusters.h"

#include <map>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Ok;
using shared::Status;
using shared::StringAt;

// For how many heads one request asks for workers; their names must fit into its URL.
constexpr std::size_t kHeadsAtOnce = 100;
constexpr std::size_t kNamesLookedAt = 1000;  // to offer a near one

std::string Key(const Json& deployment) {
  return StringAt(deployment, {"metadata", "namespace"}) + "/" +
         StringAt(deployment, {"metadata", "labels", kClusterLabel});
}

// Returns the worker Deployments of these heads, by namespace/cluster.
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
  for (Json* object : {&head}) (*object)["kind"] = "Deployment";  // items of a list have none
  (head)["apiVersion"] = "apps/v1";
  Cluster cluster{.backend = Backend::kPlain, .ray_cluster = RayClusterOf(head, workers)};
  cluster.head = std::move(head);
  cluster.workers = std::move(workers);
  return cluster;
}

// Calls on_cluster for the plain clusters of `heads`. Returns false if on_cluster did.
shared::Result<bool> ReportPlain(const KubeClient& kube, const std::string& ns, std::vector<Json> heads,
                                 const std::function<bool(Cluster)>& on_cluster) {
  if (heads.empty()) return true;
  ASSIGN_OR_RETURN(auto workers, WorkersOf(kube, ns, heads));
  for (Json& head : heads) {
    std::vector<Json> own = std::move(workers[Key(head)]);
    if (!on_cluster(PlainClusterOf(std::move(head), std::move(own)))) return false;
  }
  return true;
}

// Returns nothing if there is none, or if the API server has no such resource.
shared::Result<std::optional<Cluster>> FindRayCluster(const KubeClient& kube, const std::string& ns,
                                                      const std::string& name) {
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  if (!served) return std::optional<Cluster>();
  shared::Result<Json> found = kube.Get(kRayClusters, ns, name);
  if (found) return std::optional(Cluster{.backend = Backend::kOperator, .ray_cluster = std::move(*found)});
  if (found.error().code == ErrorCode::kNotFound) return std::optional<Cluster>();
  return shared::Unexpected(found.error());
}

shared::Result<std::optional<Cluster>> FindPlainCluster(const KubeClient& kube, const std::string& ns,
                                                        const std::string& name) {
  shared::Result<Json> head = kube.Get(kDeployments, ns, HeadDeploymentName(name));
  if (!head && head.error().code != ErrorCode::kNotFound) return shared::Unexpected(head.error());
  if (!head || !IsPlainHead(*head)) return std::optional<Cluster>();
  std::vector<Json> heads = {*head};
  ASSIGN_OR_RETURN(auto workers, WorkersOf(kube, ns, heads));
  return std::optional(PlainClusterOf(std::move(*head), std::move(workers[Key(heads.front())])));
}

shared::Unexpected<shared::Error> ClusterNotFound(const KubeClient& kube, const std::string& ns,
                                                  const std::string& name) {
  const auto names = ListClusterNames(kube, ns, kNamesLookedAt);
  std::string hint = names ? shared::DidYouMean(name, *names) : "";
  if (hint.empty()) hint = "`kubectl ray get cluster -n " + ns + "` lists the clusters there.";
  return Fail(ErrorCode::kNotFound,
              "Ray cluster \"" + shared::EscapeControl(name) + "\" not found in namespace \"" + ns + "\"",
              hint);
}

}  // namespace

Status EitherKind(const KubeClient& kube, const Status& ray_clusters, const Status& plain) {
  const auto refused = [](const Status& status) {
    return !status && status.error().code == ErrorCode::kAuth;
  };
  if (!ray_clusters && !refused(ray_clusters)) return ray_clusters;
  if (!plain && !refused(plain)) return plain;
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  if (refused(plain) && (refused(ray_clusters) || !served)) return served ? ray_clusters : plain;
  if (refused(ray_clusters))
    kube.Note("clusters of the KubeRay operator are left out: " + ray_clusters.error().message);
  if (refused(plain)) kube.Note("clusters made without the operator are left out: " + plain.error().message);
  return Ok();
}

shared::Result<Cluster> FindCluster(const KubeClient& kube, const std::string& ns, const std::string& name) {
  auto ray_cluster = FindRayCluster(kube, ns, name);
  if (ray_cluster && *ray_cluster) return std::move(**ray_cluster);
  if (!ray_cluster && ray_cluster.error().code != ErrorCode::kAuth)
    return shared::Unexpected(ray_cluster.error());
  auto plain = FindPlainCluster(kube, ns, name);
  if (plain && *plain) return std::move(**plain);
  if (ray_cluster && plain) return ClusterNotFound(kube, ns, name);
  if (!plain && (!ray_cluster || plain.error().code != ErrorCode::kAuth))
    return shared::Unexpected(ray_cluster ? plain.error() : ray_cluster.error());
  const shared::Error& refusal = ray_cluster ? plain.error() : ray_cluster.error();
  return Fail(ErrorCode::kAuth,
              "cannot find Ray cluster \"" + shared::EscapeControl(name) + "\" in namespace \"" + ns +
                  "\", as far as it may be looked for: " + refusal.message,
              refusal.hint);
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
    more = ReportPlain(kube, ns, std::move(heads), on_cluster);
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
  if (!served) return EachPlainCluster(kube, ns, options, on_cluster);
  bool more = true;
  ListOptions list{.label_selector = options.label_selector, .fields = options.fields};
  if (!options.name.empty()) list.field_selector = "metadata.name=" + options.name;
  const auto listed = kube.List(kRayClusters, ns, list, [&](Json item) {
    more = on_cluster(Cluster{.backend = Backend::kOperator, .ray_cluster = std::move(item)});
    return more;
  });
  const Status ray_clusters = OutcomeOf(listed);
  if (!ray_clusters && ray_clusters.error().code != ErrorCode::kAuth) return ray_clusters;
  return EitherKind(kube, ray_clusters, more ? EachPlainCluster(kube, ns, options, on_cluster) : Ok());
}

shared::Result<std::vector<std::string>> ListClusterNames(const KubeClient& kube, const std::string& ns,
                                                          std::size_t limit) {
  std::vector<std::string> names;
  const ClusterListOptions which{.fields = shared::JsonFields::Only({"metadata.name"})};
  TRY(EachCluster(kube, ns, which, [&](const Cluster& cluster) {
    names.push_back(StringAt(cluster.ray_cluster, {"metadata", "name"}));
    return names.size() < limit;
  }));
  return names;
}

std::string RefusalOfPods(const Cluster& cluster) {
  std::vector<const Json*> owners = {&cluster.ray_cluster, &cluster.head};
  for (const Json& worker : cluster.workers) owners.push_back(&worker);
  for (const Json* owner : owners)
    if (std::string refused = WhyPodsAreRefused(*owner); !refused.empty()) return refused;
  return "";
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
