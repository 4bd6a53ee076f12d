// The flags of `rsync-down`.
#pragma once

#include <string>

#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

struct RsyncDownFlags {
  std::string file;
  std::string source;
  std::string target;
  std::string cluster_name;

  bool operator==(const RsyncDownFlags&) const = default;
};

}  // namespace kubectl_ray
