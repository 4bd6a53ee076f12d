// Finds Ray's container of a pod by its name, because webhooks put their own containers anywhere, and the
// kubelet sorts the statuses. Pure.
#pragma once

#include "shared/json.h"
#include "shared/ray_start_params.h"

namespace kubectl_ray {

// Returns Ray's container of a Pod object, a member of its spec.containers: the one with the name that
// KubeRay and we use (ray-head, ray-worker), else the one that the annotation
// kubectl.kubernetes.io/default-container names, else the first one with a variable RAY_..., else the first
// one. Null if there is none.
const shared::Json& RayContainer(const shared::Json& pod);

// Returns the member of status.containerStatuses of that container; null if there is none. The kubelet sorts
// them by name.
const shared::Json& RayContainerStatus(const shared::Json& pod);

// Returns what Ray is started with, as KubeRay writes it into the container whatever runs there. Empty if it
// did not.
shared::RayStartParams StartParamsOf(const shared::Json& container);

}  // namespace kubectl_ray
