// Asks the GCS of a cluster, on its head pod.
#pragma once

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/ray/gcs_status.h"
#include "shared/json.h"

namespace kubectl_ray {

struct GcsAnswers {
  GcsStatus status;
  shared::Json v1_state;  // what the autoscaler v1 keeps in the GCS's store, as it writes it; null: nothing
};

// Asks for GetClusterStatus, and if no autoscaler v2 has reported there, for v1's own state. Goes through a
// port-forward to the head. Blocks for 5 seconds at most; for 3 with a head that is not ready. Errors have
// the cause alone: kUnavailable, also if this Ray does not know the call, kAuth, kInterrupted.
shared::Result<GcsAnswers> AskGcs(CommandContext& context, const KubeClient& kube, const HeadPod& head);

}  // namespace kubectl_ray
