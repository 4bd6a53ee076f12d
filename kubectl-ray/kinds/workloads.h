// The kinds with a pod template that may run Ray, as they are typed and addressed: Ray's own of the table of
// kinds, and Kubernetes'.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/kube/resource.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// TYPE/NAME of such an object.
struct Workload {
  Resource resource;
  std::string name;

  bool operator==(const Workload&) const = default;
};

// Reads TYPE/NAME: a word of the table of kinds, or a kind of Kubernetes' as kubectl abbreviates it (deploy,
// sts, ds, cj). kUsage: another type, one whose template cannot change (Pod, Job), or no TYPE at all.
shared::Result<Workload> ParseWorkload(std::string_view text);

// Returns a sentence about what a change of its pod template does to the object's pods. Source: KubeRay 1.6,
// ray-operator/controllers/ray; Kubernetes' own controllers.
std::string EffectOfNewTemplate(const shared::Json& object);

}  // namespace kubectl_ray
