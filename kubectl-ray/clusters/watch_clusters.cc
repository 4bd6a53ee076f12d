#include "kubectl-ray/clusters/watch_clusters.h"

#include <poll.h>
#include <signal.h>

#include <map>
#include <mutex>
#include <thread>

#include "kubectl-ray/manifests/labels.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Status;
using shared::StringAt;

using OnCluster = std::function<bool(const Json& ray_cluster, bool gone)>;

// The plain clusters, by their Deployments: what their pods do shows in the status of these.
class PlainWatch {
 public:
  PlainWatch(const KubeClient& kube, const ClusterListOptions& options, const OnCluster& on_cluster)
      : kube_(kube), options_(options), on_cluster_(on_cluster) {}

  Status Run(const std::string& ns) {
    ListOptions deployments{.label_selector = std::string(kManagedByLabel) + "=" + kManagedByUs};
    if (!options_.name.empty())
      deployments.label_selector += std::string(",") + kClusterLabel + "=" + options_.name;
    return kube_.Watch(kDeployments, ns, deployments, Deadline::Never(), [&](const WatchEvent& event) {
      if (event.type == WatchEventType::kDeleted) return TellGone(event.object);
      if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified) return true;
      const bool head = StringAt(event.object, {"metadata", "labels", kNodeTypeLabel}) == "head";
      return (event.type == WatchEventType::kAdded && !head) || TellClusterOf(event.object);
    });
  }

 private:
  // A label selector is about the cluster's labels, which its head has; a worker alone says nothing of them.
  bool TellClusterOf(const Json& deployment) {
    bool more = true;
    const Status told =
        EachPlainCluster(kube_, StringAt(deployment, {"metadata", "namespace"}),
                         {.label_selector = options_.label_selector,
                          .name = StringAt(deployment, {"metadata", "labels", kClusterLabel})},
                         [&](const Cluster& cluster) {
                           last_[StringAt(cluster.head, {"metadata", "uid"})] = cluster.ray_cluster;
                           return more = on_cluster_(cluster.ray_cluster, false);
                         });
    return !told || more;  // one that could not be asked for is told at its next change
  }

  bool TellGone(const Json& deployment) {
    const auto last = last_.find(StringAt(deployment, {"metadata", "uid"}));
    if (last == last_.end()) return true;  // a worker group's
    const Json ray_cluster = std::move(last->second);
    last_.erase(last);
    return on_cluster_(ray_cluster, true);
  }

  const KubeClient& kube_;
  const ClusterListOptions& options_;
  const OnCluster& on_cluster_;
  std::map<std::string, Json> last_;  // by the uid of the head's Deployment
};

Status WatchRayClusters(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                        const OnCluster& on_cluster) {
  ListOptions clusters{.label_selector = options.label_selector};
  if (!options.name.empty()) clusters.field_selector = "metadata.name=" + options.name;
  return kube.Watch(kRayClusters, ns, clusters, Deadline::Never(), [&](const WatchEvent& event) {
    if (event.type == WatchEventType::kBookmark || event.type == WatchEventType::kSynced) return true;
    Json ray_cluster = event.object;
    ray_cluster["apiVersion"] = kRayClusters.ApiVersion();
    ray_cluster["kind"] = kRayClusters.kind;
    return on_cluster(ray_cluster, event.type == WatchEventType::kDeleted);
  });
}

// Runs both; the end of one is the end of the other, but for a first refusal.
class BothWatches {
 public:
  explicit BothWatches(const KubeClient& kube)
      : user_(kube.access().http.interrupt), kube_(kube.Until(&stop_)) {}

  Status Run(const std::function<Status(const KubeClient&)>& one,
             const std::function<Status(const KubeClient&)>& other) {
    std::thread first([&] { End(one(kube_)); });
    std::thread second([&] { End(other(kube_)); });
    pollfd fds[] = {{stop_.fd(), POLLIN, 0}, {user_ != nullptr ? user_->fd() : -1, POLLIN, 0}};
    while (!stop_.raised() && (user_ == nullptr || !user_->raised())) poll(fds, 2, -1);
    if (!stop_.raised()) End(shared::Fail(ErrorCode::kInterrupted, "interrupted"));
    first.join();
    second.join();
    return outcome_;
  }

 private:
  void End(Status outcome) {
    const std::lock_guard lock(mutex_);
    if (stop_.raised()) return;
    const bool refused = !outcome && outcome.error().code == ErrorCode::kAuth;
    outcome_ = std::move(outcome);
    if (refused && !refused_) {
      refused_ = true;
      return;
    }
    stop_.Raise(SIGTERM);
  }

  const shared::Interrupt* const user_;
  shared::Interrupt stop_;
  const KubeClient kube_;
  std::mutex mutex_;
  bool refused_ = false;
  Status outcome_ = shared::Ok();
};

}  // namespace

Status WatchClusters(const KubeClient& kube, const std::string& ns, const ClusterListOptions& options,
                     const OnCluster& on_cluster) {
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  if (!served) return PlainWatch(kube, options, on_cluster).Run(ns);
  std::mutex telling;
  const OnCluster tell = [&](const Json& ray_cluster, bool gone) {
    const std::lock_guard lock(telling);
    return on_cluster(ray_cluster, gone);
  };
  return BothWatches(kube).Run(
      [&](const KubeClient& client) { return WatchRayClusters(client, ns, options, tell); },
      [&](const KubeClient& client) { return PlainWatch(client, options, tell).Run(ns); });
}

}  // namespace kubectl_ray
