// The flags of `create cluster`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/commands/cluster_flags.h"

namespace kubectl_ray {

struct CreateClusterFlags {
  std::string name;
  ClusterFlags cluster;
  std::string file;
  bool without_operator = false;
  std::string dry_run = "none";  // none, client, server
  std::string output;
  std::vector<std::string> set;
  bool wait = false;
  std::string timeout = "5m";

  bool operator==(const CreateClusterFlags&) const = default;
};

}  // namespace kubectl_ray
