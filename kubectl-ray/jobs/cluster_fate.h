// What became of a cluster that does not answer any more, as the API server tells it.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/pods/head_pod.h"

namespace kubectl_ray {

// A cluster at one moment. What cannot be told (no permission, no API server) stays unknown.
struct ClusterSight {
  // kNotThere also of one that is neither a RayCluster nor made by us: some other owner's pods.
  enum class State { kUnknown, kRunning, kSuspended, kBeingDeleted, kNotThere };
  State state = State::kUnknown;
  std::string uid = {};  // of the RayCluster, or of the head's Deployment
  bool pods_known = false;
  std::optional<HeadPod> head = std::nullopt;

  bool operator==(const ClusterSight&) const = default;
};

// Blocks for a few requests.
ClusterSight LookAtCluster(const KubeClient& kube, const std::string& ns, const std::string& name);

// What is waited for where nothing answers, as a clause (not escaped), or empty where the API server sees
// nothing wrong. `before`: while it answered. Errors, where waiting is in vain: kNotFound (deleted, or
// another one has its name now), kConflict (suspended). Pure.
shared::Result<std::string> WhatIsWaitedFor(const std::string& name, const ClusterSight& before,
                                            const ClusterSight& now);

// How Ray's head started anew between the two, as a clause (not escaped); empty where it did not. Pure.
std::string HowHeadChanged(const ClusterSight& before, const ClusterSight& now);

}  // namespace kubectl_ray
