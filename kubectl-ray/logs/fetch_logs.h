// `log` and `logs --out-dir`: copies Ray's own log files from the pods to this machine.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

// Writes for each pod OUT_DIR/POD/stdout.log and, beside it, the files of its session's log directory. All
// pods are read at the same time, as streams. Progress goes to io.err if that is a terminal. If a pod fails,
// that is printed at once and the others go on; the error then says how many failed, with the code of the
// first one.
shared::Status FetchLogs(const KubeClient& kube, const std::vector<RayPod>& pods, const std::string& out_dir,
                         Streams& io);

}  // namespace kubectl_ray
