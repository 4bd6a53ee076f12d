#include "kubectl-ray/checks/manifest.h"

#include <optional>

#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {

using shared::At;
using shared::Json;
using shared::StringAt;

namespace {

// The path below spec to what is the spec of the object's own cluster; empty: the object is a cluster;
// nothing: another kind.
std::optional<std::string> ClusterMember(std::string_view kind) {
  if (kind == kRayClusters.kind) return "";
  if (kind == kRayJobs.kind) return "rayClusterSpec";
  if (kind == kRayServices.kind) return "rayClusterConfig";
  if (kind == kRayCronJobs.kind) return "jobTemplate.rayClusterSpec";
  return std::nullopt;
}

}  // namespace

shared::Result<Json> RayClusterOfManifest(const std::string& file, const Json& manifest) {
  const std::string kind = StringAt(manifest, {"kind"});
  const std::optional<std::string> member = ClusterMember(kind);
  const std::string cannot = "cannot examine \"" + file + "\": ";
  if (!member)
    return shared::Fail(shared::ErrorCode::kUsage, cannot + "it holds \"" + kind + "\"",
                        "Give a file with a " + KindTypes("or") + ".");
  if (member->empty()) return manifest;
  const std::size_t dot = member->find('.');
  const Json& spec = dot == member->npos
                         ? At(manifest, {"spec", *member})
                         : At(manifest, {"spec", member->substr(0, dot), member->substr(dot + 1)});
  if (!spec.is_object())
    return shared::Fail(shared::ErrorCode::kUsage, cannot + "its " + kind + " makes no cluster of its own");
  return Json{{"apiVersion", kRayClusters.ApiVersion()},
              {"kind", kRayClusters.kind},
              {"metadata", At(manifest, {"metadata"})},
              {"spec", spec}};
}

std::string FieldOfManifest(std::string_view kind, const std::string& field) {
  const std::string prefix = "spec.";
  const std::string member = ClusterMember(kind).value_or("");
  return member.empty() || !field.starts_with(prefix) ? field
                                                      : prefix + member + "." + field.substr(prefix.size());
}

}  // namespace kubectl_ray
