// The cluster in a file's object. Pure.
#pragma once

#include <string>
#include <string_view>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// Returns the RayCluster that `manifest` is, or that the operator would make of it: of a RayJob its
// spec.rayClusterSpec, of a RayService its spec.rayClusterConfig, under the object's own name. kUsage, with
// `file`: another kind, or one without a cluster.
shared::Result<shared::Json> RayClusterOfManifest(const std::string& file, const shared::Json& manifest);

// Returns the field of the manifest that is `field` of RayClusterOfManifest():
// "spec.rayClusterSpec.rayVersion" for "spec.rayVersion" of a RayJob's. `kind` is the manifest's. Pure.
std::string FieldOfManifest(std::string_view kind, const std::string& field);

}  // namespace kubectl_ray
