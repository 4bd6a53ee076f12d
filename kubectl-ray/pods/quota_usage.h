// What pods take of a ResourceQuota.
#pragma once

#include <map>
#include <string>

#include "kubectl-ray/formats/quantity.h"
#include "shared/json.h"

namespace kubectl_ray {

// Amounts by the names that a ResourceQuota gives them: "pods", "requests.cpu" and "cpu", "limits.memory",
// "requests.nvidia.com/gpu".
using QuotaUsage = std::map<std::string, Quantity>;

// Adds what the pod takes, as the quota's evaluator counts it: the sum of its containers and native sidecars,
// or its largest init container. A pod that has ended or is being deleted takes nothing. Source:
// pkg/quota/v1/evaluator/core/pods.go of Kubernetes.
void AddQuotaUsage(const shared::Json& pod, QuotaUsage* usage);

}  // namespace kubectl_ray
