// PodMonitors and ServiceMonitors of the Prometheus operator for Ray's pods and KubeRay's operator. Pure.
// Source: github.com/prometheus-operator/prometheus-operator, pkg/prometheus/promcfg.go, for what becomes of
// a field: `port` and `portNumber` keep the targets of declared ports alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/monitoring/scrape_plan.h"

namespace kubectl_ray {

using shared::Json;

// What relabelling puts into each series besides what Prometheus does, by the labels of Ray's pods:
// ray_io_cluster, ray_io_node_type, ray_io_group.
std::vector<std::string> TargetPodLabels();

// Returns the text for a label key in the name of a series' label or of a `__meta` label.
std::string SeriesLabel(const std::string& key);

// A Service that leads to the metrics of KubeRay's operator.
struct OperatorService {
  std::string ns;
  std::string name;
  std::string port;  // the name of its port
  Json labels;       // those that find it

  bool operator==(const OperatorService&) const = default;
};

// Returns how a Deployment of KubeRay's operator is scraped: by the first of the Services that selects its
// pods and has a port with a name. Nothing if there is none.
std::optional<OperatorService> OperatorServiceOf(const Json& deployment, const std::vector<Json>& services);

// Where the objects go and what they carry.
struct MonitorObjectOptions {
  std::string ns;        // their namespace
  std::string ray_ns;    // the namespace of Ray's pods
  Json labels;           // besides our own
  std::string interval;  // as Prometheus writes it; empty: the Prometheus' own

  bool operator==(const MonitorObjectOptions&) const = default;
};

// Returns the PodMonitors of a plan. Their names begin with `ray_ns` if that is not their own namespace.
std::vector<Json> PodMonitorsFor(const ScrapePlan& plan, const MonitorObjectOptions& options);

// Returns the ServiceMonitor of the operator; `ray_ns` does not matter.
Json ServiceMonitorFor(const OperatorService& service, const MonitorObjectOptions& options);

// kUsage if the text is no duration as Prometheus writes one (30s, 1m30s), or 0.
shared::Status CheckInterval(const std::string& interval);

}  // namespace kubectl_ray
