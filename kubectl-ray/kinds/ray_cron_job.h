// The RayCronJob resource (ray.io/v1): its row in the table of kinds. Source:
// ray-operator/apis/ray/v1/raycronjob_types.go of KubeRay 1.7.
#pragma once

#include "kubectl-ray/kinds/kinds.h"

namespace kubectl_ray {

const Kind& RayCronJobKind();

}  // namespace kubectl_ray
