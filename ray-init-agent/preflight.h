// What would make Ray fail on this node, found before it is started.
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
  bool fatal = false;  // Ray would fail; else it would only be slow or incomplete
  shared::Error error;
};

// Where to look; tests look elsewhere.
struct PreflightPlaces {
  std::string proc = "/proc";
  std::string shared_memory = "/dev/shm";
};

// What this thread may have used of the CPU by then: a search is bounded by its work, and not by how busy the
// node is.
using CpuTime = std::chrono::nanoseconds;
CpuTime CpuTimeFromNow(std::chrono::milliseconds budget);

// Looks at the ports (our own for probes among them), the shared memory, the temp dir (unless it is a guess)
// and the address that `plan` has Ray use. Takes some milliseconds, and 50 more of CPU at most where a port
// is taken and its owner is looked for. Changes nothing.
std::vector<Finding> Preflight(const Plan& plan, const shared::RayContainerLimits& limits,
                               const PreflightPlaces& places);

// `"python3 -m http.server" (pid 12)`, as far as this user may see it and the time is enough to look, for
// whoever listens on the TCP port; else "another process".
std::string PortOwner(std::uint16_t port, const std::string& proc, CpuTime until);

}  // namespace ray_init_agent
