// The flags of `autoscaler`.
#pragma once

#include <string>

namespace kubectl_ray {

struct AutoscalerFlags {
  std::string cluster;
  std::string output;
  bool watch = false;

  bool operator==(const AutoscalerFlags&) const = default;
};

}  // namespace kubectl_ray
