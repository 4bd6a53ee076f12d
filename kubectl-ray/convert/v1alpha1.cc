// Format d: KubeRay's own ray.io/v1alpha1 (0.1 to 1.1), which v1 extends.
#include "kubectl-ray/convert/cluster_fields.h"
#include "kubectl-ray/convert/format.h"
#include "kubectl-ray/convert/pod_rules.h"
#include "kubectl-ray/kinds/old_names.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/base64.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

// KubeRay until 1.0 had a job's runtime environment as JSON in base64.
void DecodeRuntimeEnv(Tree* spec, NoteList* notes) {
  const Tree* encoded = spec->Find("runtimeEnv");
  if (encoded == nullptr) return;
  const auto decoded = shared::Base64Decode(spec->StringAt({"runtimeEnv"}));
  if (!decoded || !shared::IsUtf8(*decoded)) {
    notes->NeedsPerson(encoded->line, "spec.runtimeEnv", "it is not text in base64",
                       "Write the runtime environment as YAML into runtimeEnvYAML.");
    spec->Remove("runtimeEnv");
    return;
  }
  for (Tree::Member& member : spec->members) {
    if (member.first != "runtimeEnv") continue;
    Tree text{Json(*decoded)};
    text.line = member.second.line;
    text.above = std::move(member.second.above);
    member = {"runtimeEnvYAML", std::move(text)};
  }
}

// KubeRay until 0.6 had the deployments of Serve's first API.
void DropServeConfig(Tree* spec, NoteList* notes) {
  const Tree* config = spec->Find("serveConfig");
  if (config == nullptr) return;
  notes->NeedsPerson(config->line, "spec.serveConfig", "Serve's first API is gone from Ray and from KubeRay",
                     "Write the applications into serveConfigV2: `serve build MODULE:APP` prints it.");
  spec->Remove("serveConfig");
}

}  // namespace

bool IsV1Alpha1(const Tree& document) { return document.StringAt({"apiVersion"}) == kOldApiVersion; }

shared::Result<std::vector<Tree>> ConvertV1Alpha1(Tree document, const ConvertOptions& options,
                                                  NoteList* notes) {
  CleanObjectMetadata(&document, notes);
  if (!options.name.empty()) document.Get("metadata").Set("name", Json(options.name));
  document.Set("apiVersion", Json(kRayClusters.ApiVersion()));
  Tree* spec = document.Find("spec");
  if (spec == nullptr || !spec->is_map()) return notes->Refusal(document.line, "it has no spec");
  DecodeRuntimeEnv(spec, notes);
  DropServeConfig(spec, notes);
  std::string path = "spec";
  for (const char* key : {"rayClusterSpec", "rayClusterConfig"})
    if (Tree* inner = document.At({"spec", key})) {
      spec = inner;
      path += std::string(".") + key;
    }
  if (spec->Find("headGroupSpec") != nullptr)
    ModernizeClusterSpec(spec, document.Find("metadata"), path, Origin::kKubeRay, options, notes);
  std::vector<Tree> objects;
  objects.push_back(std::move(document));
  return objects;
}

}  // namespace kubectl_ray
