// Checks of what the namespace and the nodes have for the cluster's pods. Pure.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

// Whether each ResourceQuota has room for all replicas that are not there yet. The server checks one pod at a
// time; the sum is ours. A quota with scopes counts if its scopes are of pods without a deadline.
Findings CheckQuota(const Facts& facts);
// Whether each container, KubeRay's included, is within the LimitRanges.
Findings CheckLimitRange(const Facts& facts);
// Whether the API server would admit a pod of each group, by a dry run: PodSecurity, webhooks, quota.
Findings CheckAdmission(const Facts& facts);
// Whether there are nodes for all replicas that are not there yet: selectors, taints, what is left.
Findings CheckNodes(const Facts& facts);

}  // namespace kubectl_ray
