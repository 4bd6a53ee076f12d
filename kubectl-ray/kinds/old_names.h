// Names that older KubeRays and their users had, which are read and no longer written.
#pragma once

namespace kubectl_ray {

inline constexpr const char* kOldApiVersion = "ray.io/v1alpha1";  // served until KubeRay 1.9
// On a RayCluster: that the GCS keeps its state in Redis, and under which name there.
// spec.gcsFaultToleranceOptions says it since KubeRay 1.3, and KubeRay refuses both at once.
inline constexpr const char* kFaultToleranceAnnotation = "ray.io/ft-enabled";
inline constexpr const char* kExternalStorageAnnotation = "ray.io/external-storage-namespace";

}  // namespace kubectl_ray
