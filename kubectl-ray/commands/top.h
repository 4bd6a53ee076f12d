// The flags of `top cluster`, `top node` and `top pod`.
#pragma once

#include <string>

#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

struct TopFlags {
  std::string name;     // the cluster of `top cluster`, else the pod; empty: all
  std::string cluster;  // --ray-cluster
  std::string sort_by;
  std::string output;
  bool watch = false;

  bool operator==(const TopFlags&) const = default;
};

}  // namespace kubectl_ray
