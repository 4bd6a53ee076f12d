#include "kubectl-ray/jobs/cluster_fate.h"

#include "kubectl-ray/clusters/change.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using State = ClusterSight::State;

std::string Quoted(const std::string& pod) { return "head pod \"" + pod + "\""; }

void LookAtOwner(const KubeClient& kube, const std::string& ns, const std::string& name,
                 ClusterSight* sight) {
  const auto cluster = FindCluster(kube, ns, name);
  if (!cluster && cluster.error().code == ErrorCode::kNotFound) sight->state = State::kNotThere;
  if (!cluster) return;
  const Json& metadata = shared::At(cluster->ray_cluster, {"metadata"});
  sight->uid = shared::StringAt(metadata, {"uid"});
  const bool being_deleted = shared::At(metadata, {"deletionTimestamp"}).is_string();
  sight->state = being_deleted           ? State::kBeingDeleted
                 : IsSuspended(*cluster) ? State::kSuspended
                                         : State::kRunning;
}

void LookAtHead(const KubeClient& kube, const std::string& ns, const std::string& name, ClusterSight* sight) {
  auto head = FindHead(kube, ns, name);
  sight->pods_known = head || head.error().code == ErrorCode::kNotFound;
  if (head) sight->head = std::move(*head);
}

}  // namespace

ClusterSight LookAtCluster(const KubeClient& kube, const std::string& ns, const std::string& name) {
  ClusterSight sight;
  LookAtOwner(kube, ns, name, &sight);
  LookAtHead(kube, ns, name, &sight);
  return sight;
}

shared::Result<std::string> WhatIsWaitedFor(const std::string& name, const ClusterSight& before,
                                            const ClusterSight& now) {
  const std::string cluster = "Ray cluster \"" + name + "\"";
  // Pods of some other owner come and go as it likes.
  const bool had_owner = !before.uid.empty();
  if (had_owner && now.state == State::kNotThere) return Fail(ErrorCode::kNotFound, cluster + " was deleted");
  if (now.state == State::kBeingDeleted) return Fail(ErrorCode::kNotFound, cluster + " is being deleted");
  if (had_owner && !now.uid.empty() && now.uid != before.uid)
    return Fail(ErrorCode::kNotFound, cluster + " was deleted, and another one of that name was made");
  if (now.state == State::kSuspended) return Fail(ErrorCode::kConflict, cluster + " was suspended");
  if (!now.pods_known) return std::string();
  if (!now.head) return std::string("it has no head pod; a new one has to come");
  if (now.head->deleting) return Quoted(now.head->name) + " is being deleted; a new one has to come";
  const std::string change = HowHeadChanged(before, now);
  if (now.head->ready) return change;
  return (change.empty() ? Quoted(now.head->name) + " " : change + ", which ") + now.head->reason;
}

std::string HowHeadChanged(const ClusterSight& before, const ClusterSight& now) {
  if (!before.head || !now.head) return "";
  if (now.head->uid != before.head->uid)
    return Quoted(before.head->name) + " was replaced by \"" + now.head->name + "\"";
  if (now.head->restarts != before.head->restarts) return "Ray started again in " + Quoted(now.head->name);
  return "";
}

}  // namespace kubectl_ray
