// Ray's container of a pod, found by name: webhooks put their own containers anywhere, and the kubelet sorts
// the statuses. Pure.
#pragma once

#include "shared/json.h"

namespace kubectl_ray {

// Ray's container of a Pod object, a member of its spec.containers: the one of KubeRay's and our own name
// (ray-head, ray-worker), else the one that the annotation kubectl.kubernetes.io/default-container names,
// else the first one with a variable RAY_..., else the first one. Null if there is none.
const shared::Json& RayContainer(const shared::Json& pod);

// Its member of status.containerStatuses, which the kubelet sorts by name; null if there is none.
const shared::Json& RayContainerStatus(const shared::Json& pod);

}  // namespace kubectl_ray
