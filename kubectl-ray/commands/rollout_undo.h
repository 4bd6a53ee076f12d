// The flags of `rollout undo`.
#pragma once

#include <cstdint>
#include <string>

namespace kubectl_ray {

struct RolloutUndoFlags {
  std::string service;
  std::int64_t to_revision = 0;  // 0: the newest that differs
  bool cluster_only = false;
  bool dry_run = false;
  bool yes = false;

  bool operator==(const RolloutUndoFlags&) const = default;
};

}  // namespace kubectl_ray
