// What a pod is doing, and if it is not well, why: from its conditions, container states and termination
// messages.
#pragma once

#include <string>
#include <string_view>

#include "shared/json.h"

namespace kubectl_ray {

enum class PodState {
  kReady,      // Ray is ready in it, whatever the containers beside it do
  kStarting,   // on its way: scheduled, pulling, starting Ray
  kPending,    // cannot go on until something changes: not schedulable, image not pullable
  kFailing,    // its container ends again and again, or its configuration is wrong
  kEnding,     // being deleted
  kSucceeded,  // ended by itself, well
};

struct PodHealth {
  PodState state = PodState::kStarting;
  // A clause in lower case, without a full stop: "cannot be scheduled: 0/1 nodes are available: 1
  // Insufficient cpu". Never empty but for kReady. As the pod and the server say it: not yet escaped for a
  // terminal.
  std::string reason;
  // Nothing but a change by hand mends it, so that waiting is in vain (an image name that is none).
  bool hopeless = false;
  // What to do, as a sentence, where the cause tells it; else empty.
  std::string way_out = {};
  bool has_log = false;  // its container runs or has run: the log may tell more
  // Of a pod that is well as far as Ray goes: what is not well beside it, a clause as `reason`; else empty.
  std::string remark = {};

  bool operator==(const PodHealth&) const = default;
};

// `pod` is the object of the API; anything missing or of a wrong type counts as not there. of_ray_service:
// its cluster belongs to a RayService, whose workers are unready by design where they have no Serve proxy:
// KubeRay 1.7's readiness probe asks for that one (common/pod.go, initLivenessAndReadinessProbe). Their own
// label ray.io/serve says the same.
PodHealth HealthOf(const shared::Json& pod, bool of_ray_service = false);
bool IsReady(const shared::Json& pod);

// Why the owner of pods (a Deployment, a RayCluster) cannot even make them (a quota, an admission webhook),
// as a clause in one line: `pods are refused: pods "x" is forbidden: exceeded quota`. Empty where it can. Not
// escaped.
std::string WhyPodsAreRefused(const shared::Json& owner);

// What to do about such a refusal, as a sentence; empty if its words do not say it.
std::string WayOutOfRefusal(std::string_view refusal);

// The lines of a server's message that are not empty, joined by "; ".
std::string InOneLine(const std::string& message);

}  // namespace kubectl_ray
