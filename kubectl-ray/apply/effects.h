// What KubeRay's operator does with a change, kind by kind. Pure.
#pragma once

#include <vector>

#include "kubectl-ray/apply/field_change.h"

namespace kubectl_ray {

// Sets the effect and the reason of each change between the stored object (with its status) and the object as
// it will be. An object of a kind that is not KubeRay's keeps kInPlace. Source: ray-operator/controllers/ray
// of KubeRay 1.7: rayservice_controller.go (shouldPrepareNewCluster), raycluster_controller.go
// (shouldRecreatePodsForUpgrade, reconcileHeadService), rayjob_controller.go (getOrCreateRayClusterInstance),
// utils/util.go (GenerateHashWithoutReplicasAndWorkersToDelete).
void SetEffects(const shared::Json& before, const shared::Json& after, std::vector<FieldChange>* changes);

}  // namespace kubectl_ray
