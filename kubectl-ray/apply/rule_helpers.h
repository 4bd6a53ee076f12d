// How the rules read an object, and the remedy that several of them have. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/kinds/named_item.h"
#include "shared/json.h"

namespace kubectl_ray {

inline constexpr const char* kLeaveOut = "Leave it out: the operator sets it.";

// The integer at this member, or nothing.
std::optional<std::int64_t> Integer(const shared::Json& value, const char* key);

bool IsGiven(const shared::Json& value);

// Whether `env` of this container has the variable.
bool HasVariable(const shared::Json& container, std::string_view name);

// "has one called VOLUME" or "has one at PATH", if one of the mounts is such a one; else empty.
std::string ManagedMount(const shared::Json& mounts, const char* volume, const char* path);

}  // namespace kubectl_ray
