#include "kubectl-ray/kinds/condition.h"

namespace kubectl_ray {

const shared::Json& ConditionOf(const shared::Json& object, std::string_view type) {
  static const shared::Json kNone;
  const shared::Json& conditions = shared::At(object, {"status", "conditions"});
  if (conditions.is_array())
    for (const shared::Json& condition : conditions)
      if (shared::StringAt(condition, {"type"}) == type) return condition;
  return kNone;
}

}  // namespace kubectl_ray
