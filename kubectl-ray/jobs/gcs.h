// Asks the GCS of a cluster, on its head pod.
#pragma once

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/ray/gcs_status.h"

namespace kubectl_ray {

// Asks for GetClusterStatus through a port-forward to the head. Blocks for 10 seconds at most; for 3 with a
// head that is not ready. Errors have the cause alone: kUnavailable, also if this Ray does not know the call,
// kAuth, kInterrupted.
shared::Result<GcsStatus> AskGcsStatus(CommandContext& context, const KubeClient& kube, const HeadPod& head);

}  // namespace kubectl_ray
