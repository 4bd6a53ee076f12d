// Reads what the container may use, in the units of rayStartParams.
#pragma once

#include "ray-init-agent/cgroup.h"
#include "ray-init-agent/options.h"
#include "shared/ray_start_params.h"

namespace ray_init_agent {

// Reads the limits of cgroup v2 (cpu.max, memory.max) or v1 (cpu.cfs_quota_us, memory.limit_in_bytes): whole
// CPUs, rounded up, and bytes. What is not limited, or cannot be read, is absent.
shared::RayContainerLimits ReadCgroupLimits(const Cgroups& cgroups);

// Returns the limits that start uses: --cpu-limit, --memory-limit and --gpu-limit (the downward API's
// numbers) win over the cgroup's. If nothing limits the CPUs, --cpu-request counts. (A group's weight does
// not show the request, because it depends on the node's size.)
shared::RayContainerLimits ContainerLimits(const Options& options, const Cgroups& cgroups);

}  // namespace ray_init_agent
