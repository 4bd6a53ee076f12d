// The flags of `create networkpolicy`.
#pragma once

#include <string>

#include "kubectl-ray/manifests/network_policy.h"

namespace kubectl_ray {

struct CreateNetworkPolicyFlags {
  std::string cluster;
  NetworkPolicyOptions policy;
  std::string dry_run = "none";  // none, client, server
  std::string output;

  bool operator==(const CreateNetworkPolicyFlags&) const = default;
};

}  // namespace kubectl_ray
