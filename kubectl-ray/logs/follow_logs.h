// `logs -f`: all pods of a cluster at once, those that come later too.
#pragma once

#include "kubectl-ray/logs/log_options.h"
#include "kubectl-ray/logs/log_printer.h"

namespace kubectl_ray {

// Follows until the Interrupt (kInterrupted), the output is gone (Ok), or an error that no retry mends. One
// thread for each pod; a broken stream, a restarted container, a restarted API server are picked up again.
shared::Status FollowLogs(const KubeClient& kube, const LogOptions& options, shared::Interrupt* interrupt,
                          LogPrinter* printer);

}  // namespace kubectl_ray
