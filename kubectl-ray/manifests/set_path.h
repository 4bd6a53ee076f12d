// Fields of an object by their path, as --set names them. Pure.
#pragma once

#include <string_view>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// Sets the value at `path`: members separated by '.', list items as [0] or [name=x], a '.' inside a member's
// name as
// '\.'. Makes the objects on the way. The value is YAML. kUsage names the path if it does not fit the object.
shared::Status SetPath(shared::Json& object, std::string_view path, std::string_view value);

// The same for "PATH=VALUE", a value of --set: the first '=' outside of brackets ends the path. kUsage.
shared::Status Assign(shared::Json& object, std::string_view assignment);

}  // namespace kubectl_ray
