// The directories in which the kernel accounts for this container: control groups of both versions, with and
// without a namespace.
#pragma once

#include <string>

namespace ray_init_agent {

// The directories of this process's own groups; a group that does not exist is empty. On a hybrid machine
// `v2` exists without any controller beside the groups of v1: its files are missing then.
struct Cgroups {
  std::string v2;
  std::string cpu;     // v1
  std::string memory;  // v1

  bool operator==(const Cgroups&) const = default;
};

// Reads which groups this process is in from the file `self`, and their mounts from `mountinfo`. A group may
// be the root of its mount (a container's own mount, or a namespace) or lie below it (the host's mount, seen
// without a namespace). If the mount does not reach the group, the result is the mount's root. A file that
// cannot be read gives empty groups. Source: cgroups(7), proc(5).
Cgroups FindCgroups(const std::string& self = "/proc/self/cgroup",
                    const std::string& mountinfo = "/proc/self/mountinfo");

}  // namespace ray_init_agent
