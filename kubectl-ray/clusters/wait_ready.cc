#include "kubectl-ray/clusters/wait_ready.h"

#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/clusters/cluster_progress.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/clusters/operator_refusal.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kube/pause.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Status;

// A watch lasts this long before the pods' owner is asked why pods are not even made.
constexpr std::chrono::seconds kSlice(2);
constexpr std::chrono::milliseconds kAfterLoss(500);

// The reason why pods are missing.
struct NoPods {
  std::string why;  // a clause, or empty
  bool hopeless = false;
};

NoPods Refused(std::string why, const ClusterProgress& pods) {
  const bool hopeless = IsLastingRefusal(why, pods.Usage());
  return {std::move(why), hopeless};
}

// Returns the reason from the conditions of the Deployments or the RayCluster (quota, admission), or, if
// there is no pod at all, from an operator that refuses it or does nothing. Returns nothing about a kind that
// may not be read.
NoPods WhyNoPods(const KubeClient& kube, const WaitTarget& target, const ClusterProgress& pods) {
  const auto deployments =
      kube.ListAll(kDeployments, target.ns, {.label_selector = RayPodSelector(target.cluster, "")});
  if (deployments) {
    for (const Json& deployment : *deployments)
      if (std::string refused = WhyPodsAreRefused(deployment); !refused.empty())
        return Refused(std::move(refused), pods);
    if (!deployments->empty()) return {};
  }
  const auto cluster = kube.Get(kRayClusters, target.ns, target.cluster);
  if (!cluster) return {};
  if (std::string queued = WhyQueued(kube, *cluster); !queued.empty()) return {std::move(queued), false};
  if (std::string refused = WhyPodsAreRefused(*cluster); !refused.empty())
    return Refused(std::move(refused), pods);
  if (!pods.empty() || !At(*cluster, {"status"}).empty()) return {};
  if (std::string refused = WhyOperatorRefuses(kube, *cluster); !refused.empty())
    return {std::move(refused), true};
  return {"no operator has taken up the RayCluster yet: is KubeRay's operator running?", false};
}

std::string HowToGoOn(const WaitTarget& target) {
  return "The cluster goes on without this command: `kubectl ray status " + target.cluster + " -n " +
         target.ns + "` shows it, `kubectl ray delete " + target.cluster + " -n " + target.ns + "` ends it.";
}

// Returns what the pods need, as the beginning of a hint.
std::string WayOut(const ClusterProgress& progress, const NoPods& none) {
  const std::string way_out = none.why.empty() ? progress.WayOut() : WayOutOfRefusal(none.why);
  return way_out.empty() ? "" : way_out + " ";
}

shared::Unexpected<shared::Error> CannotBecomeReady(const WaitTarget& target, const std::string& why,
                                                    const std::string& way_out) {
  return Fail(ErrorCode::kUnavailable, "Ray cluster \"" + target.cluster + "\" cannot become ready: " + why,
              way_out + HowToGoOn(target));
}

// Watches the pods in slices, and asks between two of them why there are no pods.
class ReadyWait {
 public:
  ReadyWait(const KubeClient& kube, const WaitTarget& target, std::chrono::milliseconds timeout, Streams& io)
      : kube_(kube),
        target_(target),
        timeout_(timeout),
        shown_(io),
        progress_(target.workers),
        listed_(target.workers) {}

  Status Run() {
    while (!done_) {
      const Status watched = pods_known_ ? WatchOnce() : AskOwner();
      if (!watched) TRY(AfterSlice(watched.error()));
    }
    const std::string hopeless = progress_.Hopeless();
    if (progress_.ready() || hopeless.empty()) return shared::Ok();
    return CannotBecomeReady(target_, hopeless, WayOut(progress_, none_));
  }

 private:
  // Until the watch has listed the pods again, those known before count.
  Status WatchOnce() {
    listed_ = ClusterProgress(target_.workers);
    synced_ = false;
    return kube_.Watch(kPods, target_.ns, {.label_selector = RayPodSelector(target_.cluster, "")},
                       deadline_.Min(Deadline::After(kSlice)),
                       [this](const WatchEvent& event) { return OnEvent(event); });
  }

  // For a user who may not look at pods. kTimeout: it is not ready yet.
  Status AskOwner() {
    ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(kube_, target_.ns, target_.cluster));
    const OwnReport report = ReadOwnReport(cluster.ray_cluster);
    reported_ = report.Describe(target_.workers);
    done_ = report.IsReady(target_.workers);
    if (done_) return shared::Ok();
    const auto pause = std::min<std::chrono::milliseconds>(kSlice, deadline_.Remaining());
    const bool interrupted = Pause(kube_.access().http.interrupt, pause);
    return Fail(interrupted ? ErrorCode::kInterrupted : ErrorCode::kTimeout, reported_);
  }

  bool OnEvent(const WatchEvent& event) {
    ClusterProgress& pods = synced_ ? progress_ : listed_;
    if (event.type == WatchEventType::kDeleted) pods.Remove(event.object);
    if (event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified)
      pods.Update(event.object);
    if (event.type == WatchEventType::kSynced) {
      progress_ = listed_;
      synced_ = true;
    }
    if (!synced_ || event.type == WatchEventType::kBookmark) return true;
    shown_.Show(Describe());
    done_ = progress_.ready() || !progress_.Hopeless().empty();
    return !done_;
  }

  // Ok: another slice.
  Status AfterSlice(const shared::Error& error) {
    if (error.code == ErrorCode::kAuth && pods_known_) {
      pods_known_ = false;
      kube_.Note("the wait goes by what the cluster reports of itself: " + error.message);
      return shared::Ok();
    }
    if (error.code == ErrorCode::kInterrupted)
      return Fail(ErrorCode::kInterrupted,
                  "stopped waiting for Ray cluster \"" + target_.cluster + "\": " + Describe(),
                  HowToGoOn(target_));
    // An API server that starts again ends a slice, not the wait.
    const bool lost = error.code == ErrorCode::kUnavailable && !progress_.empty();
    if (error.code != ErrorCode::kTimeout && !lost) return shared::Unexpected(error);
    if (lost) Pause(kube_.access().http.interrupt, kAfterLoss);
    none_ = progress_.complete() ? NoPods() : WhyNoPods(kube_, target_, progress_);
    if (none_.hopeless) return CannotBecomeReady(target_, none_.why, WayOut(progress_, none_));
    if (deadline_.passed())
      return Fail(ErrorCode::kTimeout,
                  "Ray cluster \"" + target_.cluster + "\" is not ready after " +
                      shared::FormatDuration(timeout_) + ": " + Describe(),
                  WayOut(progress_, none_) + HowToGoOn(target_));
    shown_.Show(Describe());
    return shared::Ok();
  }

  std::string Describe() const {
    const std::string state = pods_known_ ? progress_.Describe() : reported_;
    return state + (none_.why.empty() ? "" : "; " + none_.why);
  }

  const KubeClient& kube_;
  const WaitTarget& target_;
  const std::chrono::milliseconds timeout_;
  const Deadline deadline_ = Deadline::After(timeout_);
  Progress shown_;
  ClusterProgress progress_, listed_;  // listed_ fills until the watch is synced
  bool synced_ = false;
  bool done_ = false;
  bool pods_known_ = true;  // this user may look at pods
  std::string reported_;    // otherwise: what the cluster reports of itself
  NoPods none_;
};

}  // namespace

Status WaitReady(const KubeClient& kube, const WaitTarget& target, std::chrono::milliseconds timeout,
                 Streams& io) {
  return ReadyWait(kube, target, timeout, io).Run();
}

}  // namespace kubectl_ray
