#include "kubectl-ray/apply/unknown_fields.h"

#include "kubectl-ray/apply/field_path.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

// The schema of one version; null if there is none.
const Json& SchemaOf(const Json& definition, const std::string& version) {
  static const Json none;
  const Json& versions = At(definition, {"spec", "versions"});
  if (!versions.is_array()) return none;
  for (const Json& candidate : versions)
    if (StringAt(candidate, {"name"}) == version) return At(candidate, {"schema", "openAPIV3Schema"});
  return none;
}

std::string NearIn(const Json& properties, const std::string& key) {
  std::vector<std::string> names;
  for (const auto& [name, schema] : properties.items()) names.push_back(name);
  return shared::NearestName(key, names);
}

class Walk {
 public:
  std::vector<UnknownField> unknown;

  void Value(const Json& schema, const Json& value, const FieldPath& path) {
    if (shared::BoolAt(schema, {"x-kubernetes-preserve-unknown-fields"})) return;
    if (value.is_object()) return Object(schema, value, path);
    const Json& items = At(schema, {"items"});
    for (std::size_t i = 0; value.is_array() && items.is_object() && i < value.size(); ++i)
      Value(items, value[i], path.Item(std::to_string(i)));
  }

 private:
  // Without properties everything is allowed, or nothing is known of it.
  void Object(const Json& schema, const Json& value, const FieldPath& path) {
    const Json& properties = At(schema, {"properties"});
    const Json& others = At(schema, {"additionalProperties"});
    for (const auto& [key, member] : value.items()) {
      if (properties.is_object() && properties.contains(key))
        Value(properties[key], member, path.Member(key));
      else if (others.is_object())
        Value(others, member, path.Member(key));
      else if (properties.is_object() && others != Json(true))
        unknown.push_back({path.Member(key).ToText(), NearIn(properties, key)});
    }
  }
};

}  // namespace

std::vector<UnknownField> FieldsUnknownTo(const Json& definition, const Json& object) {
  const std::string api_version = StringAt(object, {"apiVersion"});
  const Json& schema = SchemaOf(definition, api_version.substr(api_version.find('/') + 1));
  Walk walk;
  if (!schema.is_null()) walk.Value(schema, object, FieldPath());
  return std::move(walk.unknown);
}

}  // namespace kubectl_ray
