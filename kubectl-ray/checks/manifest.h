// The cluster in a file's object. Pure.
#pragma once

#include <string>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// Returns the RayCluster that `manifest` is, or that the operator would make of it: of a RayJob its
// spec.rayClusterSpec, of a RayService its spec.rayClusterConfig, under the object's own name. kUsage, with
// `file`: another kind, or one without a cluster.
shared::Result<shared::Json> RayClusterOfManifest(const std::string& file, const shared::Json& manifest);

}  // namespace kubectl_ray
