// What the container may use, as rayStartParams needs it.
#pragma once

#include "ray-init-agent/cgroup.h"
#include "ray-init-agent/options.h"
#include "shared/ray_start_params.h"

namespace ray_init_agent {

// The limits of cgroup v2 (cpu.max, memory.max) or v1 (cpu.cfs_quota_us, memory.limit_in_bytes). CPUs are
// rounded up. What is not limited is absent.
shared::RayContainerLimits ReadCgroupLimits(const Cgroups& cgroups);

// The same, with --cpu-limit, --memory-limit and --gpu-limit (the downward API's numbers) in their place, and
// --cpu-request where nothing limits the CPUs: a group's weight does not tell the request, because a node's
// size is in it.
shared::RayContainerLimits ContainerLimits(const Options& options, const Cgroups& cgroups);

}  // namespace ray_init_agent
