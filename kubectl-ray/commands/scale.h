// The flags of `scale cluster`.
#pragma once

#include <string>

#include "kubectl-ray/clusters/change.h"

namespace kubectl_ray {

struct ScaleFlags {
  std::string cluster;
  ScaleOptions scale;
  std::string remove_pod;

  bool operator==(const ScaleFlags&) const = default;
};

}  // namespace kubectl_ray
