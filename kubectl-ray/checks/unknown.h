// The finding about a fact that could not be gathered.
#pragma once

#include "kubectl-ray/checks/finding.h"
#include "shared/result.h"

namespace kubectl_ray {

// kHidden, with the server's own words: what may not be read is no fault of the cluster, and ends nothing.
inline Finding Unknown(const shared::Error& error) {
  const bool refused = error.code == shared::ErrorCode::kAuth;
  return {Level::kHidden, (refused ? "not allowed to look: " : "not known: ") + error.message,
          refused ? "Ask whoever runs the Kubernetes cluster for this right, or to run doctor." : error.hint};
}

}  // namespace kubectl_ray
