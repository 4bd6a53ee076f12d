// Converted clusters as plain Deployments and Services, for API servers without KubeRay's operator. Pure.
#pragma once

#include <string>
#include <string_view>

#include "kubectl-ray/convert/convert.h"

namespace kubectl_ray {

// Replaces each RayCluster by the objects of manifests/deployments.h, in `ns` if it names no namespace. What
// only the operator does (autoscaling, RayJobs) is noted. kUsage for a cluster that cannot do without the
// operator.
shared::Status ReplaceByDeployments(std::string_view source, const std::string& ns, Converted* converted);

}  // namespace kubectl_ray
