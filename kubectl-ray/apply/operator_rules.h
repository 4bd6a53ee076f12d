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
  std::string cause;   // a clause, with the value: "is 3, more than maxReplicas, 2"
  std::string remedy;  // a sentence: the way out
  // The operator's feature gate, if the rule holds only while that is off, as it is by default. Which gates
  // are on is not known here: such a rule is to be warned of.
  std::string gate = {};

  bool operator==(const BrokenRule&) const = default;
};

// Returns the rules that a RayCluster, RayJob, RayService or RayCronJob breaks, in the order of the
// operator's checks; nothing for another kind. Values of a wrong type and of an enumeration are the API
// server's to refuse, and count as not given. Not checked: what it needs the API server for (whether
// cert-manager is installed), and names of time zones.
std::vector<BrokenRule> BrokenRules(const shared::Json& object);

}  // namespace kubectl_ray
