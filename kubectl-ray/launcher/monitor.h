// `monitor`: why a cluster has the workers it has, as it happens.
#pragma once

#include <cstdint>
#include <string>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kube/client.h"
#include "shared/interrupt.h"

namespace kubectl_ray {

struct MonitorOptions {
  std::string ns;
  std::string cluster;
  std::int64_t lines = 100;  // of what was logged before, and of the events

  bool operator==(const MonitorOptions&) const = default;
};

// Prints on io.out, each line after its source: the log of Ray's autoscaler (the head's container of that
// name, or, if there is none, the files session_latest/logs/monitor* of the head), and the events of the
// operator, the scheduler and others about the cluster and its pods. Goes on with a head that is made again.
// Blocks until `interrupt` is raised (kInterrupted), the output takes no more (Ok), or the API server refuses
// for good; without the right to list events it prints that and then the log alone. kNotFound: no such
// cluster.
shared::Status Monitor(const KubeClient& kube, const MonitorOptions& options, shared::Interrupt* interrupt,
                       Streams& io);

}  // namespace kubectl_ray
