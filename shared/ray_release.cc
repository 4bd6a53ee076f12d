#include "shared/ray_release.h"

#include <charconv>

namespace shared {

std::optional<RayRelease> ParseRayRelease(std::string_view version) {
  RayRelease release;
  const char* const end = version.data() + version.size();
  const auto [point, major_code] = std::from_chars(version.data(), end, release.major);
  if (major_code != std::errc() || point == end || *point != '.') return std::nullopt;
  const auto [rest, minor_code] = std::from_chars(point + 1, end, release.minor);
  const bool is_word = rest != end && *rest != '.' && *rest != '+' && *rest != 'r' && *rest != '-';
  if (minor_code != std::errc() || is_word || release.major < 0 || release.minor < 0) return std::nullopt;
  return release;
}

}  // namespace shared
