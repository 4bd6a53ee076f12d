// What KubeRay's operator says of a RayCluster that it does not act on.
#pragma once

#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// Why the operator refuses the RayCluster, as a clause in one line: "KubeRay refuses it: the RayCluster spec
// is invalid ...". It leaves the status empty then, and says so by a warning event alone (KubeRay 1.7,
// utils/constant.go: InvalidRayClusterSpec, -Metadata, -Status). Empty where it does not, and where events
// may not be read. One request. Not escaped.
std::string WhyOperatorRefuses(const KubeClient& kube, const Json& ray_cluster);

}  // namespace kubectl_ray
