// A release of Ray, as far as its command line and its files depend on it: the first two numbers of its
// version.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace shared {

struct RayRelease {
  int major = 0;
  int minor = 0;

  std::string ToText() const { return std::to_string(major) + "." + std::to_string(minor); }
  auto operator<=>(const RayRelease&) const = default;
};

// Returns the release of "2.52.0", "2.52.0+local1" or "3.0.0.dev0"; nothing if the text does not begin with
// two numbers and a point between them.
std::optional<RayRelease> ParseRayRelease(std::string_view version);

}  // namespace shared
