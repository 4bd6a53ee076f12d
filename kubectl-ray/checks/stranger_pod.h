// Tries from a pod of its own what the NetworkPolicies forbid.
#pragma once

#include <string>

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// Returns a Pod without a name and without a label of the cluster that connects to the head's GCS at
// `host`:`port`. It has the head's image, the pull secrets and tolerations of the head's pod, small
// resources, no token, and ends within half a minute: with 0 if no connection was made, with
// kStrangerConnected if the last of four was (a policy takes effect on a new pod after a moment). Pure.
Json StrangerPod(const Facts& facts, const std::string& host, int port);
inline constexpr int kStrangerConnected = 3;

// Returns whether the pod has ended, and if so sets *connected by how. kUnavailable: it ended otherwise.
// Pure.
shared::Result<bool> ReadStranger(const Json& pod, bool* connected);

// Sets facts->forbidden_way if the head runs and a policy keeps the pod from it: makes the pod, waits up to
// two minutes for its end and deletes it, also after Ctrl-C.
void ProbeForbiddenWay(const KubeClient& kube, Facts* facts);

}  // namespace kubectl_ray
