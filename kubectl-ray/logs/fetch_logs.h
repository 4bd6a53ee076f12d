// `log` and `logs --out-dir`: Ray's own log files, out of the pods onto this machine.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

// For each pod, OUT_DIR/POD/stdout.log and the files of its session's log directory beside it, all pods side
// by side and nothing whole in memory. Progress goes to io.err where that is a terminal. A pod that fails is
// told at once, the others go on; the answer is then how many failed, with the first one's code.
shared::Status FetchLogs(const KubeClient& kube, const std::vector<RayPod>& pods, const std::string& out_dir,
                         Streams& io);

}  // namespace kubectl_ray
