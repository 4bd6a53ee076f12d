#include "kubectl-ray/clusters/watch_clusters.h"

#include <mutex>
#include <thread>

#include "kubectl-ray/manifests/labels.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::Status;
using shared::StringAt;

// The plain clusters, by their Deployments: what their pods do shows in the status of these.
Status WatchPlain(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                  const std::function<bool(const Json&)>& on_cluster) {
  ListOptions deployments{.label_selector = std::string(kManagedByLabel) + "=" + kManagedByUs};
  if (!options.name.empty())
    deployments.label_selector += std::string(",") + kClusterLabel + "=" + options.name;
  return kube.Watch(kDeployments, ns, deployments, Deadline::Never(), [&](const WatchEvent& event) {
    if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified) return true;
    const bool head = StringAt(event.object, {"metadata", "labels", kNodeTypeLabel}) == "head";
    if (event.type == WatchEventType::kAdded && !head) return true;  // its head is told
    // A label selector is about the cluster's labels, which its head has; a worker alone tells nothing of
    // them.
    bool more = true;
    const Status told =
        EachPlainCluster(kube, StringAt(event.object, {"metadata", "namespace"}),
                         {.label_selector = options.label_selector,
                          .name = StringAt(event.object, {"metadata", "labels", kClusterLabel})},
                         [&](const Cluster& cluster) { return more = on_cluster(cluster.ray_cluster); });
    return !told || more;  // one that could not be asked for is told at its next change
  });
}

}  // namespace

Status WatchClusters(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                     const std::function<bool(const Json& ray_cluster)>& on_cluster) {
  std::mutex telling;
  auto tell = [&](const Json& ray_cluster) {
    const std::lock_guard lock(telling);
    return on_cluster(ray_cluster);
  };
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  if (!served) return WatchPlain(kube, ns, options, tell);
  Status plain = shared::Ok();
  std::jthread other([&] { plain = WatchPlain(kube, ns, options, tell); });
  ListOptions clusters{.label_selector = options.label_selector};
  if (!options.name.empty()) clusters.field_selector = "metadata.name=" + options.name;
  const Status watched =
      kube.Watch(kRayClusters, ns, clusters, Deadline::Never(), [&](const WatchEvent& event) {
        const bool shown = event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified;
        return !shown || tell(event.object);
      });
  other.join();
  return watched ? plain : watched;
}

}  // namespace kubectl_ray
