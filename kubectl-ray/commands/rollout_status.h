// The flags of `rollout status`.
#pragma once

#include <string>

namespace kubectl_ray {

struct RolloutStatusFlags {
  std::string service;
  std::string output;
  std::string timeout = "0";
  bool watch = true;

  bool operator==(const RolloutStatusFlags&) const = default;
};

}  // namespace kubectl_ray
