// Asks the GCS of a cluster, on its head pod.
#pragma once

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/clusters/status.h"
#include "kubectl-ray/pods/head_pod.h"

namespace kubectl_ray {

// Asks for GetClusterStatus, and if no autoscaler v2 has reported there, for v1's own state, as v1 keeps it
// in the GCS's store; fills input->gcs and input->v1_state, or leaves both as they are. Goes through a
// port-forward to the head. Blocks for 5 seconds at most; for 3 with a head that is not ready. Errors have
// the cause alone: kUnavailable, also if this Ray does not know the call, kAuth, kInterrupted.
shared::Status AskGcs(CommandContext& context, const KubeClient& kube, const HeadPod& head,
                      StatusInput* input);

}  // namespace kubectl_ray
