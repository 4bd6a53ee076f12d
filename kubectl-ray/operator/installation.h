// KubeRay's operator as it is installed in the cluster.
#pragma once

#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// The tag of the operator's image, by its Deployment in whichever namespace; empty if there is none. Blocks
// for a request; errors are KubeClient's.
shared::Result<std::string> InstalledOperatorVersion(const KubeClient& kube);

}  // namespace kubectl_ray
