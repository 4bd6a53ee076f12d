// The flags of `rollout history`.
#pragma once

#include <cstdint>
#include <string>

namespace kubectl_ray {

struct RolloutHistoryFlags {
  std::string service;
  std::int64_t revision = 0;  // 0: a table of all
  std::string output;

  bool operator==(const RolloutHistoryFlags&) const = default;
};

}  // namespace kubectl_ray
