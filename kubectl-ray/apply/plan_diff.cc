#include "kubectl-ray/apply/plan_diff.h"

#include "kubectl-ray/apply/field_change.h"
#include "kubectl-ray/formats/unified_diff.h"
#include "kubectl-ray/formats/yaml.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;

Json WithoutNoise(Json object) {
  if (!object.is_object()) return object;
  object.erase("status");
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return object;
  for (const char* key : {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"})
    metadata->erase(key);
  const auto annotations = metadata->find("annotations");
  if (annotations == metadata->end() || !annotations->is_object()) return object;
  annotations->erase(kLastAppliedAnnotation);
  if (annotations->empty()) metadata->erase("annotations");
  return object;
}

// Source: Masker of k8s.io/kubectl/pkg/cmd/diff.
void MaskValues(const char* member, Json* before, Json* after) {
  const Json old_values = At(*before, {member}), new_values = At(*after, {member});
  const auto mask = [member](Json* object, const Json& values, const Json& others, const char* changed) {
    if (!values.is_object()) return;
    for (const auto& [key, value] : values.items()) {
      const bool differs = others.is_object() && others.contains(key) && others[key] != value;
      (*object)[member][key] = differs ? changed : "***";
    }
  };
  mask(before, old_values, new_values, "*** (before)");
  mask(after, new_values, old_values, "*** (after)");
}

}  // namespace

std::string DiffOf(const ObjectPlan& plan, const std::string& name) {
  const bool is_new = plan.live.is_null();
  Json before = is_new ? Json::object() : WithoutNoise(plan.live), after = WithoutNoise(plan.result);
  if (IsSecret(plan.object))
    for (const char* member : {"data", "stringData"}) MaskValues(member, &before, &after);
  return UnifiedDiff(is_new ? "/dev/null" : name, is_new ? "" : DumpYaml(before), name, DumpYaml(after));
}

}  // namespace kubectl_ray
