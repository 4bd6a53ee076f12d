// What a node's own agent serves for Prometheus: the numbers of the dashboard's node summary (node_samples.h)
// but for the time at which they were measured. An agent is there without a dashboard, too. Pure.
// Source: dashboard/modules/reporter/reporter_agent.py (METRICS_GAUGES, _to_records), LocalResourceManager,
// ObjectManager and LocalObjectManager (RecordMetrics) in src/ray; the names are the same from 2.9 to 2.60.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/ray/node_samples.h"
#include "shared/prometheus_text.h"

namespace kubectl_ray {

class AgentMetrics {
 public:
  AgentMetrics();
  AgentMetrics(const AgentMetrics&) = delete;
  AgentMetrics& operator=(const AgentMetrics&) = delete;

  // Takes the next piece of the untrusted text, of which the numbers alone are kept.
  void Feed(std::string_view piece) { reader_.Feed(piece); }

  // Returns the sample, without `time`, `id` and `instance`, which are not in the text. Nothing: it has none
  // of a node's numbers, because another program answered or the agent has just started.
  std::optional<NodeSample> Sample() const;

 private:
  struct Gpu {
    std::string index, name;
    std::optional<double> utilization, used, available;  // percent, bytes
  };
  struct Share {
    std::optional<double> used, available;
  };

  void Add(const shared::PrometheusSample& sample);
  Gpu* GpuOf(const shared::PrometheusSample& sample);

  shared::PrometheusReader reader_;
  std::string address_;
  std::map<std::string, double, std::less<>> numbers_;  // by the metric's name
  std::map<std::string, Gpu> gpus_;                     // by index and uuid; bounded
  std::map<std::string, Share, std::less<>> shares_;    // by the resource: CPU, memory, GPU
  bool has_resources_ = false;
  std::optional<double> spilled_;
};

}  // namespace kubectl_ray
