// Which resource an object is of, as the API server says.
#pragma once

#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct ServedKind {
  Resource resource;
  bool namespaced = true;
};

// Asks the API server which resource serves this kind. Errors: kUsage if it serves no such kind in this
// version, with a hint; those of KubeClient.
shared::Result<ServedKind> FindServedKind(const KubeClient& kube, const std::string& api_version,
                                          const std::string& kind);

}  // namespace kubectl_ray
