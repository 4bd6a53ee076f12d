// Finds what would make Ray fail on this node, before it is started.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ray-init-agent/plan.h"
#include "shared/result.h"

namespace ray_init_agent {

struct Finding {
  bool fatal = false;  // Ray would fail; otherwise it would only be slow or incomplete
  shared::Error error;
};

// The places to look at; tests have others.
struct PreflightPlaces {
  std::string proc = "/proc";
  std::string shared_memory = "/dev/shm";
};

// The CPU time that this thread may have used by then: a search is bounded by its own work, and not by how
// busy the node is.
using CpuTime = std::chrono::nanoseconds;
CpuTime CpuTimeFromNow(std::chrono::milliseconds budget);

// Checks the ports (our own for probes among them), the shared memory, the temp dir (unless it is a guess)
// and the address that `plan` has Ray use. Changes nothing. Blocks for some milliseconds, and uses at most 50
// ms of CPU more if a port is taken and its owner is searched for.
std::vector<Finding> Preflight(const Plan& plan, const shared::RayContainerLimits& limits,
                               const PreflightPlaces& places);

// Returns `"python3 -m http.server" (pid 12)` for the process that listens on the TCP port, or "another
// process" if this user may not see it or the time is over.
std::string PortOwner(std::uint16_t port, const std::string& proc, CpuTime until);

}  // namespace ray_init_agent
