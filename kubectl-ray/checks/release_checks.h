// Checks of the releases of Ray, Python and images. Pure.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

// Whether head and groups have one release of Ray and one Python, by their images' tags: Ray refuses a node
// of another one.
Findings CheckImages(const Facts& facts);

// Whether spec.rayVersion is that of the head's image, because the operator goes by it.
Findings CheckRayVersion(const Facts& facts);

// Whether the release is known to misbehave with KubeRay: 2.11 to 2.37 hang under its probes (KubeRay's
// documentation, "Known issues"), tokens need 2.52.
Findings CheckRelease(const Facts& facts);

}  // namespace kubectl_ray
