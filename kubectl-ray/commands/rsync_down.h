// The flags of `rsync-down`.
#pragma once

#include <string>

#include "kubectl-ray/commands/rays_flags.h"

namespace kubectl_ray {

struct RsyncDownFlags {
  std::string file;
  std::string source;
  std::string target;
  std::string cluster_name;
  RaysLogFlags log;

  bool operator==(const RsyncDownFlags&) const = default;
};

}  // namespace kubectl_ray
