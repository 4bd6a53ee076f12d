#include "kubectl-ray/apply/rule_helpers.h"

namespace kubectl_ray {

using shared::At;
using shared::Json;
using shared::StringAt;

std::optional<std::int64_t> Integer(const Json& value, const char* key) {
  const Json& number = At(value, {key});
  return number.is_number_integer() ? std::optional(number.get<std::int64_t>()) : std::nullopt;
}

bool IsGiven(const Json& value) { return !value.is_null(); }

bool HasVariable(const Json& container, std::string_view name) {
  return IsGiven(NamedItem(At(container, {"env"}), name));
}

std::string ManagedMount(const Json& mounts, const char* volume, const char* path) {
  if (IsGiven(NamedItem(mounts, volume))) return "has one called " + std::string(volume);
  if (mounts.is_array())
    for (const Json& mount : mounts)
      if (StringAt(mount, {"mountPath"}) == path) return "has one at " + std::string(path);
  return "";
}

}  // namespace kubectl_ray
