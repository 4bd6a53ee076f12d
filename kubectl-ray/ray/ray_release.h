// Releases of Ray, compared by number, because some behave differently.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace kubectl_ray {

struct RayRelease {
  int major = 0;
  int minor = 0;

  auto operator<=>(const RayRelease&) const = default;
};

// Parses "2.44.1", "2.52.0+cu12", "3.0.0.dev0". Returns nothing if the text does not begin with two numbers
// and a dot between them.
std::optional<RayRelease> ParseRayRelease(std::string_view version);

}  // namespace kubectl_ray
