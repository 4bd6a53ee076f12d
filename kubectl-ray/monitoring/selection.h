// Which PodMonitors and ServiceMonitors a Prometheus object takes, and what makes it take new ones. Pure.
// Source: github.com/prometheus-operator/prometheus-operator, pkg/apis/monitoring/v1/prometheus_types.go: of
// the selectors of monitors an absent one takes none and an empty one takes all; of those of namespaces an
// absent one means the Prometheus' own namespace.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

using shared::Json;

enum class MonitorType { kPod, kService };

// The labels of namespaces, by their names. Of one that is missing only the name is known.
using NamespaceLabels = std::map<std::string, Json>;

// What new monitors need.
struct MonitorPlace {
  std::string ns;                // their namespace
  Json labels = Json::object();  // which they carry
  std::vector<std::string>
      problems;  // clauses: why the Prometheus will not take them all the same; not escaped

  bool operator==(const MonitorPlace&) const = default;
};

// Returns where monitors of pods in `ray_ns` go: there if the Prometheus looks there, else its own namespace.
// `labels` are given by the user and stay.
MonitorPlace PlaceMonitors(const Json& prometheus, MonitorType type, const std::string& ray_ns,
                           const NamespaceLabels& namespaces, const Json& labels);

// Returns "" if the Prometheus takes this monitor, else the clause why not, such as `its labels do not match
// {"matchLabels":{"release":"x"}}`; not escaped.
std::string WhyNotTaken(const Json& prometheus, MonitorType type, const Json& monitor,
                        const NamespaceLabels& namespaces);

// Returns whether a PodMonitor is for pods with one of these sets of labels in `ns`.
bool IsForPods(const Json& pod_monitor, const std::string& ns, const std::vector<Json>& pod_labels);

// Returns the labels of the pods of a cluster (a RayCluster of either kind): one set for the head, and one
// for each worker group.
std::vector<Json> PodLabelsOf(const Json& ray_cluster);

}  // namespace kubectl_ray
