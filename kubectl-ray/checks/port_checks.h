// Checks of the ports that Ray's nodes listen on. Pure.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

// Whether Ray takes the rayStartParams (shared/ray_start_params.h: keys, values, ports that are used twice or
// lie among the workers' ports), and whether the workers' ports are enough for the CPUs: with too few of
// them, tasks hang without a word (ray#28071).
Findings CheckPorts(const Facts& facts);

// Whether the container's named ports, which the head's Service takes, are those of rayStartParams.
Findings CheckNamedPorts(const Facts& facts);

// Whether a moved GCS port meets Ray's autoscaler, which dials 6379 up to Ray 2.54.
Findings CheckAutoscalerPort(const Facts& facts);

}  // namespace kubectl_ray
