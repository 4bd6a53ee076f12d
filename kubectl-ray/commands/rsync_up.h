// The flags of `rsync-up`.
#pragma once

#include <string>

#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

struct RsyncUpFlags {
  std::string file;
  std::string source;
  std::string target;
  std::string cluster_name;
  bool all_nodes = false;

  bool operator==(const RsyncUpFlags&) const = default;
};

}  // namespace kubectl_ray
