#include "kubectl-ray/operator/schema.h"

#include <algorithm>

#include "shared/split.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;

// The schema of version v1.
const Json& SchemaOf(const Json& definition) {
  static const Json none;
  for (const Json& version : At(definition, {"spec", "versions"}))
    if (shared::StringAt(version, {"name"}) == "v1") return At(version, {"schema", "openAPIV3Schema"});
  return none;
}

// Where each kind has the spec of a RayCluster.
std::string ClusterSpecOf(const std::string& plural) {
  if (plural == "rayclusters") return "spec";
  if (plural == "rayjobs") return "spec.rayClusterSpec";
  if (plural == "rayservices") return "spec.rayClusterConfig";
  return plural == "raycronjobs" ? "spec.jobTemplate.rayClusterSpec" : "";
}

struct Mark {
  const char* release;
  const char* field;  // of a RayCluster's spec, in all kinds
};

// Newest first. Source: api reference and types of each release.
constexpr Mark kMarks[] = {
    {"1.7", "networkPolicy"},
    {"1.6", "upgradeStrategy"},
    {"1.5.1", "authOptions"},
    {"1.5", "headGroupSpec.labels"},
    {"1.4", "autoscalerOptions.version"},
    {"1.3", "gcsFaultToleranceOptions"},
    {"1.1", "suspend"},
};

bool HasField(const Json& schema, const std::string& path) {
  const Json* at = &schema;
  for (std::string_view name : shared::Split(path, '.')) at = &At(*at, {"properties", name});
  return !at->is_null();
}

void Compare(const Json& before, const Json& after, const std::string& path, FieldChanges* changes) {
  const Json& old_fields = At(before, {"properties"});
  const Json& new_fields = At(after, {"properties"});
  if (new_fields.is_object())
    for (const auto& [name, schema] : new_fields.items()) {
      const std::string below = path.empty() ? name : path + "." + name;
      const Json& old = At(old_fields, {name});
      if (old.is_null())
        changes->added.push_back(below);
      else if (old != schema)
        Compare(old, schema, below, changes);
    }
  if (old_fields.is_object())
    for (const auto& [name, schema] : old_fields.items())
      if (At(new_fields, {name}).is_null())
        changes->removed.push_back(path.empty() ? name : path + "." + name);
  if (At(after, {"items"}) != At(before, {"items"}))
    Compare(At(before, {"items"}), At(after, {"items"}), path + "[]", changes);
  const Json &old_values = At(before, {"additionalProperties"}),
             &values = At(after, {"additionalProperties"});
  if (old_values != values) Compare(old_values, values, path + ".*", changes);
}

void Look(const Json& value, const Json& schema, const std::string& path, std::vector<std::string>* unknown) {
  if (shared::BoolAt(schema, {"x-kubernetes-preserve-unknown-fields"})) return;
  if (value.is_array()) {
    for (const Json& item : value) Look(item, At(schema, {"items"}), path + "[]", unknown);
    return;
  }
  const Json &fields = At(schema, {"properties"}), &values = At(schema, {"additionalProperties"});
  // An object without a word about its members (metadata, an embedded resource) is kept as it is.
  if (!value.is_object() || (fields.is_null() && values.is_null())) return;
  for (const auto& [name, member] : value.items()) {
    const std::string below = path.empty() ? name : path + "." + name;
    const Json& known = fields.is_object() ? At(fields, {name}) : values;
    if (!known.is_null())
      Look(member, known, below, unknown);
    else if (std::find(unknown->begin(), unknown->end(), below) == unknown->end())
      unknown->push_back(below);
  }
}

}  // namespace

std::string ReleaseOfDefinition(const Json& definition) {
  const std::string cluster = ClusterSpecOf(shared::StringAt(definition, {"spec", "names", "plural"}));
  const Json& schema = SchemaOf(definition);
  if (cluster.empty() || schema.is_null()) return "";
  for (const Mark& mark : kMarks)
    if (HasField(schema, cluster + "." + mark.field)) return mark.release;
  return "before 1.1";
}

FieldChanges CompareDefinitions(const Json& before, const Json& after) {
  FieldChanges changes;
  Compare(SchemaOf(before), SchemaOf(after), "", &changes);
  return changes;
}

std::vector<std::string> UnknownFields(const Json& object, const Json& definition) {
  std::vector<std::string> unknown;
  Look(object, SchemaOf(definition), "", &unknown);
  return unknown;
}

}  // namespace kubectl_ray
