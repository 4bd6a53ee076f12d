// What a pod asks for, as quotas and the scheduler count it. Pure.
#pragma once

#include <map>
#include <string>

#include "kubectl-ray/formats/quantity.h"
#include "shared/json.h"

namespace kubectl_ray {

// By resource: cpu, memory, nvidia.com/gpu.
using Amounts = std::map<std::string, Quantity>;

struct PodDemand {
  Amounts requests;
  Amounts limits;

  bool operator==(const PodDemand&) const = default;
};

// Returns what the containers need together, or what one init container needs if that is more; an init
// container that stays (restartPolicy Always) counts among the containers. A request that is missing is its
// limit. What is no quantity counts as nothing, because the server refuses it anyway. Source: Kubernetes'
// documentation of init containers ("resource sharing within containers").
PodDemand DemandOf(const shared::Json& pod_spec);

// Returns the amounts of a `resources` member ("requests" or "limits").
Amounts AmountsOf(const shared::Json& container, std::string_view member);

// The names of all containers whose `member` has no value for `resource`.
std::vector<std::string> ContainersWithout(const shared::Json& pod_spec, std::string_view member,
                                           const std::string& resource);

}  // namespace kubectl_ray
