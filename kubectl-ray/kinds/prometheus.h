// The kinds of the Prometheus operator that this program reads or writes, as the API server addresses them.
// Source: github.com/prometheus-operator/prometheus-operator, pkg/apis/monitoring/v1.
#pragma once

#include "kubectl-ray/kube/resource.h"

namespace kubectl_ray {

inline const Resource kPrometheuses{"monitoring.coreos.com", "v1", "prometheuses", "Prometheus"};
inline const Resource kPodMonitors{"monitoring.coreos.com", "v1", "podmonitors", "PodMonitor"};
inline const Resource kServiceMonitors{"monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"};

}  // namespace kubectl_ray
