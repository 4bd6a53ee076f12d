// The conditions of an object: what its controller says of it, one member of status.conditions for each type.
#pragma once

#include <string_view>

#include "shared/json.h"

namespace kubectl_ray {

// The condition of this type, a member of the object's status.conditions; null if there is none. Pure.
const shared::Json& ConditionOf(const shared::Json& object, std::string_view type);

}  // namespace kubectl_ray
