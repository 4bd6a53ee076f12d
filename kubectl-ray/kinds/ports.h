// The TCP ports that a Ray node listens on unless its rayStartParams name others. Source:
// python/ray/_private/ray_constants.py and the rayStartParams' defaults of KubeRay's
// ray-operator/controllers/ray/utils/constant.go.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "shared/json.h"

namespace kubectl_ray {

inline constexpr int kGcsPort = 6379;
inline constexpr int kDashboardPort = 8265;
inline constexpr int kClientPort = 10001;
inline constexpr int kMetricsPort = 8080;
inline constexpr int kServePort = 8000;
inline constexpr int kDashboardAgentPort = 52365;
// The autoscaler's and the dashboard's own metrics: python/ray/_private/ray_constants.py and
// python/ray/dashboard/consts.py. No rayStartParam moves them.
inline constexpr int kAutoscalerMetricsPort = 44217;
inline constexpr int kDashboardMetricsPort = 44227;
// Of worker processes and drivers, one each.
inline constexpr int kFirstWorkerPort = 10002, kLastWorkerPort = 19999;

// Returns a port's number, in which 0 stands for any port; nothing if the text is not a whole number from 0
// to 65535.
std::optional<int> ParsePort(std::string_view text);

// Return the port that rayStartParams give `key`, 0 (any) included; `fallback` if they do not name it, or not
// as a number (a variable).
int PortParam(const std::map<std::string, std::string>& ray_start_params, const std::string& key,
              int fallback);
int PortParam(const shared::Json& ray_start_params, const std::string& key, int fallback);

// Returns the port of this name that the container declares, else `fallback`.
int DeclaredPort(const shared::Json& container, std::string_view name, int fallback);

}  // namespace kubectl_ray
