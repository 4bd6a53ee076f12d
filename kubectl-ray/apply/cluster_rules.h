// The operator's rules for the spec of a RayCluster, wherever one stands. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/apply/operator_rules.h"

namespace kubectl_ray {

// A RayCluster's spec, and what the rules ask of the object that it stands in.
struct ClusterSpecView {
  const shared::Json& spec;
  const shared::Json& annotations;  // of the object

  bool Autoscales() const;
  // By spec.autoscalerOptions.version.
  bool AutoscalesByV2() const;
  const shared::Json& HeadPod() const;        // spec.headGroupSpec.template.spec
  const shared::Json& HeadContainer() const;  // the one that runs Ray: the first
};

// Returns the rules that the spec breaks; their fields begin with `prefix`.
std::vector<BrokenRule> BrokenClusterRules(const ClusterSpecView& view, const std::string& prefix);

}  // namespace kubectl_ray
