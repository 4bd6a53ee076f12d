// Grafana dashboards of Ray's series, as ConfigMaps that Grafana's sidecar finds by a label. Pure.
// Sources of the series' names, in python/ray of Ray 2.60: dashboard/modules/reporter/reporter_agent.py
// (ray_node_...), dashboard/modules/metrics/dashboards/default_dashboard_panels.py (which asks for ray_tasks,
// ray_actors, ray_resources and ray_object_store_memory), autoscaler/_private/prom_metrics.py
// (autoscaler_...); ray-init-agent/metrics_text.cc (ray_init_agent_...).
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// Returns the ConfigMaps, one a dashboard, labelled grafana_dashboard: "1". They choose among series by the
// labels `namespace` and `ray_io_cluster` that our monitors and scrape_configs put into them.
std::vector<shared::Json> DashboardConfigMaps(const std::string& ns);

}  // namespace kubectl_ray
