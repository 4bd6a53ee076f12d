// Why KubeRay's operator does not act on a RayCluster.
#pragma once

#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// Returns why the operator refuses the RayCluster, as a clause in one line, not escaped: "KubeRay refuses it:
// the RayCluster spec is invalid ...". The operator then leaves the status empty and only writes a warning
// event (KubeRay 1.7, utils/constant.go: InvalidRayClusterSpec, -Metadata, -Status). Returns an empty string
// if it does not refuse it, or if events may not be read. Makes one request.
std::string WhyOperatorRefuses(const KubeClient& kube, const Json& ray_cluster);

}  // namespace kubectl_ray
