// The flags of `rights`.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

struct RightsFlags {
  std::vector<std::string> commands;
  std::string clusters = "both";  // both, rayclusters, deployments
  std::string name = "kubectl-ray";
  bool all_namespaces = false;
  std::string output;

  bool operator==(const RightsFlags&) const = default;
};

}  // namespace kubectl_ray
