#include "kubectl-ray/kinds/named_item.h"

namespace kubectl_ray {

using shared::Json;

const Json& NamedItem(const Json& list, std::string_view name) {
  static const Json kNone;
  if (!list.is_array() || name.empty()) return kNone;
  for (const Json& item : list)
    if (shared::StringAt(item, {"name"}) == name) return item;
  return kNone;
}

std::string VariableOf(const Json& container, std::string_view name) {
  return shared::StringAt(NamedItem(shared::At(container, {"env"}), name), {"value"});
}

}  // namespace kubectl_ray
