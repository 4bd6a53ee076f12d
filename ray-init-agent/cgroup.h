// Where the kernel accounts for this container: control groups of both versions, with and without a
// namespace.
#pragma once

#include <string>

namespace ray_init_agent {

// The directories of this process's own groups; empty where there is none. `v2` may be there without any
// controller beside those of v1 (a hybrid machine): then its files are missing.
struct Cgroups {
  std::string v2;
  std::string cpu;     // v1
  std::string memory;  // v1

  bool operator==(const Cgroups&) const = default;
};

// Matches the groups of `self` (/proc/self/cgroup) with the mounts of `mountinfo` (/proc/self/mountinfo): the
// group may be the root of its mount (a container's own mount, or a namespace) or lie below it (the host's
// mount, seen without a namespace). Where the mount does not reach the group, the mount's root is given.
Cgroups FindCgroups(const std::string& self = "/proc/self/cgroup",
                    const std::string& mountinfo = "/proc/self/mountinfo");

}  // namespace ray_init_agent
