// The operator's rules for the spec of a RayJob, wherever one stands. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/apply/operator_rules.h"

namespace kubectl_ray {

// Returns the rules that the spec breaks; their fields begin with `prefix`. `annotations` are those of the
// RayJob.
std::vector<BrokenRule> BrokenJobRules(const shared::Json& spec, const shared::Json& annotations,
                                       const std::string& prefix);

}  // namespace kubectl_ray
