// KubeRay's operator as it is installed in the cluster.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// The Deployments of KubeRay's operator in all namespaces, by the labels that its Helm chart and its
// kustomization give; in `ns` alone if the server refuses to list all. Blocks for a request or two; errors
// are KubeClient's.
shared::Result<std::vector<Json>> FindOperators(const KubeClient& kube, const std::string& ns);

// KubeRay's resource definitions that are there, by name. Blocks for four requests; errors are KubeClient's.
shared::Result<std::vector<Json>> FindDefinitions(const KubeClient& kube);

// The object; null if there is none. Errors are KubeClient's.
shared::Result<Json> FindAny(const KubeClient& kube, const Resource& resource, const std::string& ns,
                             const std::string& name);

// The tag of the operator's image, by its Deployment in whichever namespace; empty if there is none. Blocks
// for a request; errors are KubeClient's.
shared::Result<std::string> InstalledOperatorVersion(const KubeClient& kube);

// The tag of the image of this Deployment's operator. Pure.
std::string OperatorVersionOf(const Json& deployment);

}  // namespace kubectl_ray
