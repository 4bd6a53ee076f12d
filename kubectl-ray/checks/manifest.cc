#include "kubectl-ray/checks/manifest.h"

#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {

using shared::At;
using shared::Json;
using shared::StringAt;

shared::Result<Json> RayClusterOfManifest(const std::string& file, const Json& manifest) {
  const std::string kind = StringAt(manifest, {"kind"});
  if (kind == kRayClusters.kind) return manifest;
  const Json& spec = kind == kRayJobs.kind       ? At(manifest, {"spec", "rayClusterSpec"})
                     : kind == kRayServices.kind ? At(manifest, {"spec", "rayClusterConfig"})
                                                 : At(manifest, {});
  const std::string cannot = "cannot examine \"" + file + "\": ";
  if (kind != kRayJobs.kind && kind != kRayServices.kind)
    return shared::Fail(shared::ErrorCode::kUsage, cannot + "it holds \"" + kind + "\"",
                        "Give a file with a " + KindTypes("or") + ".");
  if (!spec.is_object())
    return shared::Fail(shared::ErrorCode::kUsage, cannot + "its " + kind + " makes no cluster of its own");
  return Json{{"apiVersion", kRayClusters.ApiVersion()},
              {"kind", kRayClusters.kind},
              {"metadata", At(manifest, {"metadata"})},
              {"spec", spec}};
}

}  // namespace kubectl_ray
