// What has become of a cluster whose dashboard does not answer any more, from what the API server says.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/pods/head_pod.h"

namespace kubectl_ray {

// A cluster at one moment. What cannot be found out (no permission, no API server) stays unknown.
struct ClusterSight {
  // kNotThere is also the state of pods whose owner is neither a RayCluster nor a Deployment of ours.
  enum class State { kUnknown, kRunning, kSuspended, kBeingDeleted, kNotThere };
  State state = State::kUnknown;
  std::string uid = {};  // of the RayCluster, or of the head's Deployment
  bool pods_known = false;
  std::optional<HeadPod> head = std::nullopt;

  bool operator==(const ClusterSight&) const = default;
};

// Blocks for a few requests.
ClusterSight LookAtCluster(const KubeClient& kube, const std::string& ns, const std::string& name);

// What a user is waiting for if nothing answers, as a clause (not escaped); empty if the API server sees
// nothing wrong. `before` is the cluster while it still answered. Errors say that waiting is in vain:
// kNotFound if the cluster was deleted or another one has its name now, kConflict if it was suspended. Pure.
shared::Result<std::string> WhatIsWaitedFor(const std::string& name, const ClusterSight& before,
                                            const ClusterSight& now);

// How Ray's head was started again between the two, as a clause (not escaped); empty if it was not. Pure.
std::string HowHeadChanged(const ClusterSight& before, const ClusterSight& now);

}  // namespace kubectl_ray
