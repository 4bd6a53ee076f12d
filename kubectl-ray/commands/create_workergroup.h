// The flags of `create workergroup`.
#pragma once

#include <string>

#include "kubectl-ray/commands/cluster_flags.h"

namespace kubectl_ray {

struct CreateWorkerGroupFlags {
  CreateWorkerGroupFlags() {  // the official plugin's
    flags.worker.min_replicas = 1;
    flags.worker.max_replicas = 10;
  }

  std::string group;
  std::string cluster;
  ClusterFlags flags;

  bool operator==(const CreateWorkerGroupFlags&) const = default;
};

}  // namespace kubectl_ray
