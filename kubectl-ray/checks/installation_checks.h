// Checks of KubeRay's CRDs and its operator. Pure.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

Findings CheckServed(const Facts& facts);
// Whether one operator runs that watches the namespace.
Findings CheckOperator(const Facts& facts);

}  // namespace kubectl_ray
