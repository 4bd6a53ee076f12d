// The flags of `down`.
#pragma once

#include <string>

#include "kubectl-ray/commands/rays_flags.h"

namespace kubectl_ray {

struct DownFlags {
  std::string file;
  std::string cluster_name;
  bool yes = false;
  bool workers_only = false;
  bool keep_min_workers = false;
  std::string timeout = "5m";
  RaysLogFlags log;

  bool operator==(const DownFlags&) const = default;
};

}  // namespace kubectl_ray
