#include "ray-init-agent/health_request.h"

namespace ray_init_agent {

std::optional<HealthRequest> ParseHealthRequest(std::string_view line) {
  for (const char c : line)
    if (c < ' ' || c > '~') return std::nullopt;
  const std::size_t first = line.find(' ');
  if (first == 0 || first == std::string_view::npos) return std::nullopt;
  const std::size_t second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view version = line.substr(second + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return std::nullopt;
  const std::string_view path = line.substr(first + 1, second - first - 1);
  if (!path.starts_with('/')) return std::nullopt;
  return HealthRequest{line.substr(0, first), path.substr(0, path.find('?'))};
}

}  // namespace ray_init_agent
