// Annotations of KubeRay's objects: those that users give and KubeRay's validation reads, and those that it
// gives itself.
// Source: ray-operator/controllers/ray/utils/constant.go of KubeRay 1.7.
#pragma once

namespace kubectl_ray {

inline constexpr const char* kFaultToleranceAnnotation = "ray.io/ft-enabled";
inline constexpr const char* kStorageNamespaceAnnotation = "ray.io/external-storage-namespace";
inline constexpr const char* kInitializingTimeoutAnnotation = "ray.io/initializing-timeout";
// On a RayCronJob's RayJobs: the time of the schedule that each is for (RFC 3339).
inline constexpr const char* kCronJobTimeAnnotation = "ray.io/cronjob-scheduled-timestamp";

}  // namespace kubectl_ray
