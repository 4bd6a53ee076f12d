#include "kubectl-ray/clusters/delete.h"

#include <set>

#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Status;
using shared::StringAt;

// Returns an empty string for a user who may not list pods: what goes is then not counted.
shared::Result<std::string> DescribePods(const KubeClient& kube, const std::string& ns,
                                         const std::string& cluster) {
  std::int64_t heads = 0, workers = 0;
  const auto listed =
      kube.List(kPods, ns, {.label_selector = RayPodSelector(cluster, "")}, [&](const Json& pod) {
        ++(StringAt(pod, {"metadata", "labels", kNodeTypeLabel}) == "head" ? heads : workers);
        return true;
      });
  if (!listed && listed.error().code != ErrorCode::kAuth) return shared::Unexpected(listed.error());
  if (heads + workers == 0) return std::string();
  return shared::Counted(heads, "head pod") + ", " + shared::Counted(workers, "worker pod");
}

// The API server deletes them with their owner, and KubeRay their clusters. Empty as above.
shared::Result<std::string> DescribeRuns(const KubeClient& kube, const std::string& ns,
                                         const std::string& cron_job) {
  std::int64_t runs = 0, running = 0;
  const auto listed = kube.List(kRayJobs, ns, {.label_selector = std::string(kCronJobLabel) + "=" + cron_job},
                                [&](const Json& ray_job) {
                                  ++runs;
                                  if (!ReadRayJobState(ray_job).over) ++running;
                                  return true;
                                });
  if (!listed && listed.error().code != ErrorCode::kAuth) return shared::Unexpected(listed.error());
  if (runs == 0) return std::string();
  return shared::Counted(runs, "RayJob") +
         (running == 0 ? "" : ", " + std::to_string(running) + " of them not over");
}

Status AddCluster(const KubeClient& kube, const std::string& ns, Deletion* deletion) {
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(kube, ns, deletion->target.name));
  deletion->uid = StringAt(cluster.ray_cluster, {"metadata", "uid"});
  deletion->cluster = deletion->target.name;
  if (cluster.backend == Backend::kPlain) {
    deletion->resource = kDeployments;
    deletion->name = HeadDeploymentName(deletion->target.name);
  }
  return shared::Ok();
}

Status AddObject(const KubeClient& kube, const std::string& ns, Deletion* deletion) {
  ASSIGN_OR_RETURN(const Json object, FindObject(kube, ns, deletion->target));
  deletion->uid = StringAt(object, {"metadata", "uid"});
  const auto cluster = ClusterOf(deletion->target, object);
  if (cluster && cluster->own) deletion->cluster = cluster->name;
  return shared::Ok();
}

}  // namespace

shared::Result<Deletion> FindDeletion(const KubeClient& kube, const std::string& ns, const Target& target) {
  Deletion deletion{.target = target,
                    .resource = target.kind->resource,
                    .name = target.name,
                    .uid = {},
                    .cluster = {},
                    .goes_along = {}};
  TRY(target.is_cluster() ? AddCluster(kube, ns, &deletion) : AddObject(kube, ns, &deletion));
  if (!deletion.cluster.empty()) {
    ASSIGN_OR_RETURN(deletion.goes_along, DescribePods(kube, ns, deletion.cluster));
  }
  if (target.kind->resource == kRayCronJobs) {
    ASSIGN_OR_RETURN(deletion.goes_along, DescribeRuns(kube, ns, target.name));
  }
  return deletion;
}

Status Delete(const KubeClient& kube, const std::string& ns, const Deletion& deletion) {
  TRY(kube.Delete(deletion.resource, ns, deletion.name, {.precondition_uid = deletion.uid}));
  return shared::Ok();
}

Status WaitGone(const KubeClient& kube, const std::string& ns, const std::string& cluster,
                std::chrono::milliseconds timeout, Streams& io) {
  Progress shown(io);
  std::set<std::string> pods;
  bool synced = false;
  auto on_event = [&](const WatchEvent& event) {
    const std::string name = StringAt(event.object, {"metadata", "name"});
    const bool there = event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified;
    // An evicted pod is left there by a Deployment, and uses nothing; one that ended because it is deleted
    // soon goes.
    const bool left_over =
        there && IsOver(event.object) && StringAt(event.object, {"metadata", "deletionTimestamp"}).empty();
    if (event.type == WatchEventType::kDeleted || left_over)
      pods.erase(name);
    else if (there)
      pods.insert(name);
    synced = synced || event.type == WatchEventType::kSynced;
    if (synced && !pods.empty())
      shown.Show(shared::Counted(static_cast<std::int64_t>(pods.size()), "pod") + " left");
    return !synced || !pods.empty();
  };
  Status watched = kube.Watch(kPods, ns, {.label_selector = RayPodSelector(cluster, "")},
                              Deadline::After(timeout), on_event);
  if (watched || watched.error().code != ErrorCode::kTimeout) return watched;
  return Fail(ErrorCode::kTimeout,
              "Ray cluster \"" + cluster + "\" still has " +
                  shared::Counted(static_cast<std::int64_t>(pods.size()), "pod") + " after " +
                  shared::FormatDuration(timeout),
              "They are being deleted; `kubectl ray get node -c " + cluster + " -n " + ns + "` shows them.");
}

}  // namespace kubectl_ray
