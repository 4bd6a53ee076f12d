// The operator's rules for what of a RayCluster only its feature gates switch on: NetworkPolicies, mTLS
// between the pods, the collector of the history server. Pure.
#pragma once

#include <vector>

#include "kubectl-ray/apply/cluster_rules.h"

namespace kubectl_ray {

// Returns the rules that the spec breaks; their fields begin below the spec.
std::vector<BrokenRule> BrokenGatedRules(const ClusterSpecView& view);

}  // namespace kubectl_ray
