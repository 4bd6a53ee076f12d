#include "kubectl-ray/clusters/watch_clusters.h"

#include <poll.h>
#include <signal.h>

#include <map>
#include <mutex>
#include <thread>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Status;
using shared::StringAt;

using OnCluster = std::function<bool(const Json& ray_cluster, bool gone)>;
using OnSynced = std::function<void()>;  // called after all existing clusters were reported

// Watches plain clusters by their Deployments, whose status shows what the pods do.
class PlainWatch {
 public:
  PlainWatch(const KubeClient& kube, const ClusterListOptions& options, const OnCluster& on_cluster)
      : kube_(kube), options_(options), on_cluster_(on_cluster) {}

  Status Run(
      const std::string& ns, const OnSynced& on_synced = [] {}) {
    ListOptions deployments{.label_selector = std::string(kManagedByLabel) + "=" + kManagedByUs};
    if (!options_.name.empty())
      deployments.label_selector += std::string(",") + kClusterLabel + "=" + options_.name;
    return kube_.Watch(kDeployments, ns, deployments, Deadline::Never(), [&](const WatchEvent& event) {
      if (event.type == WatchEventType::kSynced) on_synced();
      if (event.type == WatchEventType::kDeleted) return ReportGone(event.object);
      if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified) return true;
      const bool head = StringAt(event.object, {"metadata", "labels", kNodeTypeLabel}) == "head";
      return (event.type == WatchEventType::kAdded && !head) || ReportClusterOf(event.object);
    });
  }

 private:
  // A label selector is about the cluster's labels, which the head has; a worker's labels do not say whether
  // it matches.
  bool ReportClusterOf(const Json& deployment) {
    bool more = true;
    const Status found =
        EachPlainCluster(kube_, StringAt(deployment, {"metadata", "namespace"}),
                         {.label_selector = options_.label_selector,
                          .name = StringAt(deployment, {"metadata", "labels", kClusterLabel})},
                         [&](const Cluster& cluster) {
                           last_[StringAt(cluster.head, {"metadata", "uid"})] = cluster.ray_cluster;
                           return more = on_cluster_(cluster.ray_cluster, false);
                         });
    return !found || more;  // if it could not be read, its next change will report it
  }

  bool ReportGone(const Json& deployment) {
    const auto last = last_.find(StringAt(deployment, {"metadata", "uid"}));
    if (last == last_.end()) return true;  // it was a worker group's
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
                        const OnCluster& on_cluster, const OnSynced& on_synced) {
  ListOptions clusters{.label_selector = options.label_selector};
  if (!options.name.empty()) clusters.field_selector = "metadata.name=" + options.name;
  return kube.Watch(kRayClusters, ns, clusters, Deadline::Never(), [&](const WatchEvent& event) {
    if (event.type == WatchEventType::kSynced) on_synced();
    if (event.type == WatchEventType::kBookmark || event.type == WatchEventType::kSynced) return true;
    Json ray_cluster = event.object;
    ray_cluster["apiVersion"] = kRayClusters.ApiVersion();
    ray_cluster["kind"] = kRayClusters.kind;
    return on_cluster(ray_cluster, event.type == WatchEventType::kDeleted);
  });
}

// Runs both watches. When one ends, the other ends, too, unless the first one was refused; that is noted once
// the other one was accepted.
class BothWatches {
 public:
  explicit BothWatches(const KubeClient& kube)
      : given_(kube), user_(kube.access().http.interrupt), kube_(kube.Until(&stop_)) {}

  using Watch = std::function<Status(const KubeClient&, const OnSynced&)>;

  Status Run(const Watch& ray_clusters, const Watch& plain) {
    const auto run = [this](const Watch& watch, Side* side) {
      End(side, watch(kube_, [this, side] { Synced(side); }));
    };
    std::thread first([&] { run(ray_clusters, &ray_clusters_); });
    std::thread second([&] { run(plain, &plain_); });
    pollfd fds[] = {{stop_.fd(), POLLIN, 0}, {user_ != nullptr ? user_->fd() : -1, POLLIN, 0}};
    while (!stop_.raised() && (user_ == nullptr || !user_->raised())) poll(fds, 2, -1);
    if (!stop_.raised()) {
      const std::lock_guard lock(mutex_);
      Stop(shared::Fail(ErrorCode::kInterrupted, "interrupted"));
    }
    first.join();
    second.join();
    return outcome_;
  }

 private:
  struct Side {
    bool synced = false;
    Status outcome = shared::Ok();  // an error if it was refused
  };

  void Synced(Side* side) {
    const std::lock_guard lock(mutex_);
    side->synced = true;
    Judge();
  }

  void End(Side* side, Status outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome || outcome.error().code != ErrorCode::kAuth) return Stop(std::move(outcome));
    side->outcome = std::move(outcome);
    side->synced = false;
    Judge();
  }

  // Called with mutex_ locked. EitherKind() notes which kind is left out, and returns the error if both were
  // refused.
  void Judge() {
    const bool one_is_refused = !ray_clusters_.outcome || !plain_.outcome;
    const bool both_are = !ray_clusters_.outcome && !plain_.outcome;
    if (!both_are && !(one_is_refused && (ray_clusters_.synced || plain_.synced))) return;
    if (Status judged = EitherKind(given_, ray_clusters_.outcome, plain_.outcome); !judged)
      Stop(std::move(judged));
  }

  // Called with mutex_ locked.
  void Stop(Status outcome) {
    if (stop_.raised()) return;
    outcome_ = std::move(outcome);
    stop_.Raise(SIGTERM);
  }

  const KubeClient& given_;  // it prints each note once
  const shared::Interrupt* const user_;
  shared::Interrupt stop_;
  const KubeClient kube_;
  std::mutex mutex_;
  Side ray_clusters_, plain_;
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
      [&](const KubeClient& client, const OnSynced& on_synced) {
        return WatchRayClusters(client, ns, options, tell, on_synced);
      },
      [&](const KubeClient& client, const OnSynced& on_synced) {
        return PlainWatch(client, options, tell).Run(ns, on_synced);
      });
}

}  // namespace kubectl_ray
