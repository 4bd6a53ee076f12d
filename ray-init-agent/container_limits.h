// What the container may use, as rayStartParams needs it.
#pragma once

#include <string>

#include "ray-init-agent/options.h"
#include "shared/ray_start_params.h"

namespace ray_init_agent {

// The limits of cgroup v2 (cpu.max, memory.max) or v1 (cpu.cfs_quota_us, memory.limit_in_bytes) below `root`,
// normally "/sys/fs/cgroup"; `self` is normally "/proc/self/cgroup", for containers without a namespace of
// their own. CPUs are rounded up. What is not limited is absent.
shared::RayContainerLimits ReadCgroupLimits(const std::string& root, const std::string& self);

// The same, with --cpu-limit, --memory-limit and --gpu-limit (the downward API's numbers) in their place.
shared::RayContainerLimits ContainerLimits(const Options& options, const std::string& root,
                                           const std::string& self);

}  // namespace ray_init_agent
