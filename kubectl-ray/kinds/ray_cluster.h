// The RayCluster resource (ray.io/v1): its row in the table of kinds. Source:
// ray-operator/apis/ray/v1/raycluster_types.go of KubeRay 1.7.
#pragma once

#include "kubectl-ray/kinds/kinds.h"

namespace kubectl_ray {

// The kind of a bare NAME. It also stands for the clusters without an operator, which no resource of their
// own represents: clusters/clusters.h finds either.
const Kind& RayClusterKind();

// The image of the head's Ray container: the first one of its template, since KubeRay runs Ray in that one
// (RayContainerIndex, ray-operator/controllers/ray/utils/constant.go). Empty: none is given. Pure.
std::string HeadImage(const shared::Json& ray_cluster);

}  // namespace kubectl_ray
