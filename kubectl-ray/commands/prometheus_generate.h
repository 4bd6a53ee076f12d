// The flags of `prometheus generate`.
#pragma once

#include <string>

namespace kubectl_ray {

struct PrometheusGenerateFlags {
  std::string cluster;     // empty: all of the namespace
  std::string prometheus;  // [NAMESPACE/]NAME; empty: the only one
  std::string release;     // the value of the label release; empty: what the Prometheus asks for
  std::string interval;
  std::string output;
  bool kuberay = false;
  bool grafana = false;
  bool scrape_config = false;

  bool operator==(const PrometheusGenerateFlags&) const = default;
};

}  // namespace kubectl_ray
