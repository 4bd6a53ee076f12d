// `logs -f`: follows all pods of a cluster at once, also those that start later.
#pragma once

#include "kubectl-ray/logs/log_options.h"
#include "kubectl-ray/logs/log_printer.h"

namespace kubectl_ray {

// Blocks until the Interrupt is raised (kInterrupted), the output takes no more (Ok), or an error comes that
// a retry cannot mend. Each pod has a thread. After a broken stream, a restart of the container or of the API
// server, it continues.
shared::Status FollowLogs(const KubeClient& kube, const LogOptions& options, shared::Interrupt* interrupt,
                          LogPrinter* printer);

}  // namespace kubectl_ray
