// The scrape_configs of a Prometheus that has no operator, for the same pods as the PodMonitors. Pure.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ (2.18 and later, for
// kubernetes_sd_configs.selectors).
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/monitoring/monitors.h"

namespace kubectl_ray {

// Returns an object with the one member `scrape_configs`: a job for each endpoint of the plan's pods in
// namespace `ray_ns`, and one for KubeRay's operator. An empty `interval` means the Prometheus' own.
Json ScrapeConfigFor(const ScrapePlan& plan, const std::string& ray_ns,
                     const std::optional<OperatorService>& kuberay, const std::string& interval);

}  // namespace kubectl_ray
