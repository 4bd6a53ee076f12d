// Annotations that users give KubeRay's objects, and KubeRay's validation reads.
// Source: ray-operator/controllers/ray/utils/constant.go of KubeRay 1.7.
#pragma once

namespace kubectl_ray {

inline constexpr const char* kFaultToleranceAnnotation = "ray.io/ft-enabled";
inline constexpr const char* kStorageNamespaceAnnotation = "ray.io/external-storage-namespace";
inline constexpr const char* kInitializingTimeoutAnnotation = "ray.io/initializing-timeout";

}  // namespace kubectl_ray
