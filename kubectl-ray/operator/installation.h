// KubeRay's operator as it is installed in the cluster.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// The Deployments of KubeRay's operator in all namespaces, by the labels that its chart and its kustomization
// give them. Blocks for a request; errors are KubeClient's.
shared::Result<std::vector<shared::Json>> OperatorDeployments(const KubeClient& kube);

// The tag of the operator's image, by its Deployment in whichever namespace; empty if there is none. Blocks
// for a request; errors are KubeClient's.
shared::Result<std::string> InstalledOperatorVersion(const KubeClient& kube);

}  // namespace kubectl_ray
