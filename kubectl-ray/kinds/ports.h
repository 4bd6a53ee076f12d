// The TCP ports that a Ray node listens on unless its rayStartParams name others. Source:
// python/ray/_private/ray_constants.py and the rayStartParams' defaults of KubeRay's
// ray-operator/controllers/ray/utils/constant.go.
#pragma once

namespace kubectl_ray {

inline constexpr int kGcsPort = 6379;
inline constexpr int kDashboardPort = 8265;
inline constexpr int kClientPort = 10001;
inline constexpr int kMetricsPort = 8080;
inline constexpr int kServePort = 8000;
inline constexpr int kDashboardAgentPort = 52365;

}  // namespace kubectl_ray
