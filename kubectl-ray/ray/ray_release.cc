#include "kubectl-ray/ray/ray_release.h"

#include <charconv>

namespace kubectl_ray {
namespace {

// Takes the number at the beginning off `text`.
std::optional<int> TakeNumber(std::string_view* text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(end - text->data()));
  return number;
}

}  // namespace

std::optional<RayRelease> ParseRayRelease(std::string_view version) {
  const std::optional<int> major = TakeNumber(&version);
  if (!major || !version.starts_with('.')) return std::nullopt;
  version.remove_prefix(1);
  const std::optional<int> minor = TakeNumber(&version);
  if (!minor) return std::nullopt;
  return RayRelease{*major, *minor};
}

}  // namespace kubectl_ray
