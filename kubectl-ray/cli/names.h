// What a word of the command line may be called in the cluster, for shell completion.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// Names that complete a word on the command line. Asks the API server; whatever fails yields fewer names.
using Names = std::function<std::set<std::string>(const KubeClient& kube, const std::string& ns)>;

}  // namespace kubectl_ray
