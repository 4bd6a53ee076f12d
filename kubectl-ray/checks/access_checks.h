// Checks of what the user may do, and of the way to the API server and the pods. Pure.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

Findings CheckRights(const Facts& facts);
// The oldest Kubernetes that is looked at in tests is 1.32; below 1.25 the server does not validate fields.
Findings CheckServerVersion(const Facts& facts);
// Whether exec reaches a container: it needs a WebSocket upgrade through every proxy on the way, or else
// SPDY's.
Findings CheckWebSocket(const Facts& facts);
// Whether a stream on which nothing is sent was cut. Ours send a ping every five seconds (kubectl's too).
Findings CheckSilence(const Facts& facts);

}  // namespace kubectl_ray
