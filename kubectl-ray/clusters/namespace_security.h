// Which Pod Security level pods of a namespace have to meet.
#pragma once

#include <string>

#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/manifests/cluster_spec.h"

namespace kubectl_ray {

// Returns whether the namespace enforces the level `restricted`, as far as its labels show it and may be
// read. Makes one request.
bool IsRestricted(const KubeClient& kube, const std::string& ns);

// Decides `spec->pods.security` if it is kAuto (ChoosePodSecurity). Reads the namespace's labels, in one
// request, only if the image leaves it open; a namespace that may not be read, or a server that does not
// answer, counts as one that enforces nothing.
void DecidePodSecurity(const KubeClient& kube, ClusterSpec* spec);

}  // namespace kubectl_ray
