// The flags of `rsync-up`.
#pragma once

#include <string>

#include "kubectl-ray/commands/rays_flags.h"

namespace kubectl_ray {

struct RsyncUpFlags {
  std::string file;
  std::string source;
  std::string target;
  std::string cluster_name;
  bool all_nodes = false;
  RaysLogFlags log;

  bool operator==(const RsyncUpFlags&) const = default;
};

}  // namespace kubectl_ray
