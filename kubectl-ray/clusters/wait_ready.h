// Waits for a cluster's pods and shows what it waits for and why.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct WaitTarget {
  std::string ns;
  std::string cluster;
  std::int64_t workers = 0;  // how many have to be ready besides the head
};

// Blocks until the head and all workers are ready. Shows on io.err what it waits for, on a terminal in one
// line that changes. Errors: kTimeout and kInterrupted say what is not ready and that the cluster continues
// without us; kUnavailable if waiting is useless.
shared::Status WaitReady(const KubeClient& kube, const WaitTarget& target, std::chrono::milliseconds timeout,
                         Streams& io);

}  // namespace kubectl_ray
