// What a pod is doing and, if it is not well, why: from its conditions, container states and termination
// messages.
#pragma once

#include <string>

#include "shared/json.h"

namespace kubectl_ray {

enum class PodState {
  kReady,      // Ray is ready in it, whatever the other containers do
  kStarting,   // it is being scheduled, pulls its image, or starts Ray
  kPending,    // cannot go on until something changes: not schedulable, image not pullable
  kFailing,    // its container ends again and again, or its configuration is wrong
  kEnding,     // being deleted
  kSucceeded,  // ended by itself, well
};

struct PodHealth {
  PodState state = PodState::kStarting;
  // A clause in lower case, without a full stop: "cannot be scheduled: 0/1 nodes are available: 1
  // Insufficient cpu". Empty only for kReady. It has words of the pod and the server, which are not yet
  // escaped for a terminal.
  std::string reason;
  // Whether only a change by a person helps, so that waiting is useless (an invalid image name).
  bool hopeless = false;
  // A sentence that says what to do, if the cause is known well enough; otherwise empty.
  std::string way_out = {};
  bool has_log = false;  // its container runs or has run, so its log may say more
  // If Ray is well in the pod but another container is not: a clause about that, like `reason`. Otherwise
  // empty.
  std::string remark = {};

  bool operator==(const PodHealth&) const = default;
};

// `pod` is the object of the API; members that are missing or of a wrong type count as not there.
// `of_ray_service` means that its cluster belongs to a RayService. Workers of a RayService are unready by
// design if they have no Serve proxy, because KubeRay 1.7's readiness probe asks the proxy (common/pod.go,
// initLivenessAndReadinessProbe); their label ray.io/serve says so, too.
PodHealth HealthOf(const shared::Json& pod, bool of_ray_service = false);
bool IsReady(const shared::Json& pod);

// Returns the non-empty lines of a server's message, joined by "; ".
std::string InOneLine(const std::string& message);

}  // namespace kubectl_ray
