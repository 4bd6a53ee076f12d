// What Kubernetes lists by its name: containers, variables, volumes, mounts. Pure.
#pragma once

#include <string>
#include <string_view>

#include "shared/json.h"

namespace kubectl_ray {

// Returns the first item of a list of objects with this `name`; null if there is none, or the name is empty.
const shared::Json& NamedItem(const shared::Json& list, std::string_view name);

// Returns the value of a container's variable; empty if it has none, or one from elsewhere (valueFrom).
std::string VariableOf(const shared::Json& container, std::string_view name);

}  // namespace kubectl_ray
