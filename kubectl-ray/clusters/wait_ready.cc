#include "kubectl-ray/clusters/wait_ready.h"

#include <poll.h>

#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/clusters/cluster_progress.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/clusters/operator_refusal.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/deployments.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Status;

// A watch lasts this long before its owner is asked why pods do not even come to be.
constexpr std::chrono::seconds kSlice(2);

// Why there are no pods.
struct NoPods {
  std::string why;  // a clause, or empty
  bool hopeless = false;
};

// From the Deployments' or the RayCluster's own conditions (quota, admission), or an operator that refuses it
// or does nothing. A kind that may not be looked at says nothing.
NoPods WhyNoPods(const KubeClient& kube, const WaitTarget& target) {
  const auto deployments = kube.ListAll(
      kDeployments, target.ns, {.label_selector = std::string(kClusterLabel) + "=" + target.cluster});
  if (deployments) {
    for (const Json& deployment : *deployments)
      if (std::string refused = WhyPodsAreRefused(deployment); !refused.empty())
        return {std::move(refused), false};
    if (!deployments->empty()) return {};
  }
  const auto cluster = kube.Get(kRayClusters, target.ns, target.cluster);
  if (!cluster) return {};
  if (std::string queued = WhyQueued(kube, *cluster); !queued.empty()) return {std::move(queued), false};
  if (std::string refused = WhyPodsAreRefused(*cluster); !refused.empty()) return {std::move(refused), false};
  if (!At(*cluster, {"status"}).empty()) return {};
  if (std::string refused = WhyOperatorRefuses(kube, *cluster); !refused.empty())
    return {std::move(refused), true};
  return {"no operator has taken up the RayCluster yet: is KubeRay's operator running?", false};
}

void Pause(const KubeClient& kube) {
  const shared::Interrupt* interrupt = kube.access().http.interrupt;
  pollfd fd = {interrupt == nullptr ? -1 : interrupt->fd(), POLLIN, 0};
  poll(&fd, 1, 500);
}

std::string GoesOn(const WaitTarget& target) {
  return "The cluster goes on without this command: `kubectl ray status " + target.cluster + " -n " +
         target.ns + "` shows it, `kubectl ray delete " + target.cluster + " -n " + target.ns + "` ends it.";
}

// What the pods need, as the beginning of a hint.
std::string WayOut(const ClusterProgress& progress, const NoPods& none) {
  const std::string way_out = none.why.empty() ? progress.WayOut() : WayOutOfRefusal(none.why);
  return way_out.empty() ? "" : way_out + " ";
}

shared::Unexpected<shared::Error> CannotBecomeReady(const WaitTarget& target, const std::string& why,
                                                    const std::string& way_out) {
  return Fail(ErrorCode::kUnavailable, "Ray cluster \"" + target.cluster + "\" cannot become ready: " + why,
              way_out + GoesOn(target));
}

}  // namespace

Status WaitReady(const KubeClient& kube, const WaitTarget& target, std::chrono::milliseconds timeout,
                 Streams& io) {
  const Deadline deadline = Deadline::After(timeout);
  ClusterProgress progress(target.workers), listed(target.workers);
  bool synced = false;
  Progress shown(io);
  NoPods none;
  auto describe = [&] { return progress.Describe() + (none.why.empty() ? "" : "; " + none.why); };
  auto show = [&] { shown.Show(describe()); };
  bool done = false;
  auto on_event = [&](const WatchEvent& event) {
    ClusterProgress& pods = synced ? progress : listed;
    if (event.type == WatchEventType::kDeleted) pods.Remove(event.object);
    if (event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified)
      pods.Update(event.object);
    if (event.type == WatchEventType::kSynced) {
      progress = listed;
      synced = true;
    }
    if (!synced || event.type == WatchEventType::kBookmark) return true;
    show();
    done = progress.ready() || !progress.Hopeless().empty();
    return !done;
  };
  const ListOptions pods{.label_selector = std::string(kClusterLabel) + "=" + target.cluster};
  while (!done) {
    listed = ClusterProgress(target.workers);
    synced = false;  // until the watch has listed anew, what was known last counts
    Status watched = kube.Watch(kPods, target.ns, pods, deadline.Min(Deadline::After(kSlice)), on_event);
    if (watched) continue;
    if (watched.error().code == ErrorCode::kInterrupted)
      return Fail(ErrorCode::kInterrupted,
                  "stopped waiting for Ray cluster \"" + target.cluster + "\": " + progress.Describe(),
                  GoesOn(target));
    // An API server that starts again ends a slice, not the wait.
    const bool lost = watched.error().code == ErrorCode::kUnavailable && !progress.empty();
    if (watched.error().code != ErrorCode::kTimeout && !lost) return watched;
    if (lost) Pause(kube);
    none = progress.empty() ? WhyNoPods(kube, target) : NoPods();
    if (none.hopeless) return CannotBecomeReady(target, none.why, "");
    if (deadline.passed())
      return Fail(ErrorCode::kTimeout,
                  "Ray cluster \"" + target.cluster + "\" is not ready after " +
                      shared::FormatDuration(timeout) + ": " + describe(),
                  WayOut(progress, none) + GoesOn(target));
    show();
  }
  if (const std::string hopeless = progress.Hopeless(); !hopeless.empty() && !progress.ready())
    return CannotBecomeReady(target, hopeless, WayOut(progress, none));
  return shared::Ok();
}

}  // namespace kubectl_ray
