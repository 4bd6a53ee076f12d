// The flags of `create cluster`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/commands/cluster_flags.h"
#include "kubectl-ray/manifests/network_policy.h"

namespace kubectl_ray {

struct CreateClusterFlags {
  std::string name;
  ClusterFlags cluster;
  std::string file;
  bool without_operator = false;
  std::string ports;  // "fixed", or a file
  bool network_policy = false;
  NetworkPolicyOptions policy;
  std::string dry_run = "none";  // none, client, server
  std::string output;
  std::vector<std::string> set;
  bool wait = false;
  std::string timeout = "5m";

  bool operator==(const CreateClusterFlags&) const = default;
};

}  // namespace kubectl_ray
