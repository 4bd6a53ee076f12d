// The flags that say who may connect to a cluster's pods, for `create networkpolicy` and `create cluster`.
#pragma once

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/manifests/network_policy.h"

namespace kubectl_ray {

void AddNetworkPolicyFlags(Leaf& leaf, NetworkPolicyOptions* options);

// Whether one of them was given.
bool AnyNetworkPolicyFlag(const NetworkPolicyOptions& options);

}  // namespace kubectl_ray
