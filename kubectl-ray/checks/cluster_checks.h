// Checks of the cluster as it is, and of the file that it is to be made of. Pure.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

// What `kubectl ray status` says of it.
Findings CheckHealth(const Facts& facts);
// Whether the API server would take the object of the file.
Findings CheckAccepted(const Facts& facts);
// Whether KubeRay's operator would act on the object, by its own rules: it writes its refusal into an event
// alone.
Findings CheckOperatorRules(const Facts& facts);
// Whether probes fail for want of a program that the image does not have.
Findings CheckProbes(const Facts& facts);

}  // namespace kubectl_ray
