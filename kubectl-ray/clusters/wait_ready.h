// Waiting for a cluster's pods, telling what is waited for and why.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct WaitTarget {
  std::string ns;
  std::string cluster;
  std::int64_t workers = 0;  // how many have to be ready beside the head
};

// Blocks until the head and all workers are ready. Tells on io.err, on a terminal in one line that changes,
// what is waited for. Errors: kTimeout and kInterrupted say what is not ready and that the cluster goes on
// without us; kUnavailable where no wait would help.
shared::Status WaitReady(const KubeClient& kube, const WaitTarget& target, std::chrono::milliseconds timeout,
                         Streams& io);

}  // namespace kubectl_ray
