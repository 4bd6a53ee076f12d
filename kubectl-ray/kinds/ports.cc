#include "kubectl-ray/kinds/ports.h"

#include <charconv>

namespace kubectl_ray {

std::optional<int> ParsePort(std::string_view text) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 0 || port > 65535)
    return std::nullopt;
  return port;
}

int PortParam(const std::map<std::string, std::string>& ray_start_params, const std::string& key,
              int fallback) {
  const auto given = ray_start_params.find(key);
  return given == ray_start_params.end() ? fallback : ParsePort(given->second).value_or(fallback);
}

int PortParam(const shared::Json& ray_start_params, const std::string& key, int fallback) {
  return ParsePort(shared::StringAt(ray_start_params, {key})).value_or(fallback);
}

int DeclaredPort(const shared::Json& container, std::string_view name, int fallback) {
  const shared::Json& ports = shared::At(container, {"ports"});
  if (!ports.is_array()) return fallback;
  for (const shared::Json& port : ports) {
    if (shared::StringAt(port, {"name"}) != name) continue;
    const std::int64_t number = shared::IntAt(port, {"containerPort"});
    return number > 0 && number <= 65535 ? static_cast<int>(number) : fallback;
  }
  return fallback;
}

}  // namespace kubectl_ray
