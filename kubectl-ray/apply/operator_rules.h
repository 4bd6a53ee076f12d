// The rules by which KubeRay's operator refuses an object that the API server takes. The operator reports a
// refusal in an event alone, so they are checked before anything is sent. Source:
// ray-operator/controllers/ray/utils/validation.go of KubeRay 1.7. Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

struct BrokenRule {
  std::string field;   // "spec.workerGroupSpecs[0].minReplicas"; the nearest one that should be there
  std::string cause;   // a clause, with the value: "it is 3, more than maxReplicas, 2"
  std::string remedy;  // a sentence: the way out

  bool operator==(const BrokenRule&) const = default;
};

// Returns the rules that a RayCluster, RayJob, RayService or RayCronJob breaks, in the order of the
// operator's checks; nothing for another kind. Values of a wrong type are the API server's to refuse, and
// count as not given.
std::vector<BrokenRule> BrokenRules(const shared::Json& object);

}  // namespace kubectl_ray
