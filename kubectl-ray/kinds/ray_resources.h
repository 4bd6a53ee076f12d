// KubeRay's kinds of objects, as the API server addresses them.
#pragma once

#include "kubectl-ray/kube/resource.h"

namespace kubectl_ray {

inline const Resource kRayClusters{"ray.io", "v1", "rayclusters", "RayCluster"};
inline const Resource kRayJobs{"ray.io", "v1", "rayjobs", "RayJob"};
inline const Resource kRayServices{"ray.io", "v1", "rayservices", "RayService"};
inline const Resource kRayCronJobs{"ray.io", "v1", "raycronjobs", "RayCronJob"};

}  // namespace kubectl_ray
