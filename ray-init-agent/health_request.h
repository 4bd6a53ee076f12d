// Parses the first line of a probe's request.
#pragma once

#include <optional>
#include <string_view>

namespace ray_init_agent {

struct HealthRequest {
  std::string_view method;  // as it was sent, not empty
  std::string_view path;    // begins with a slash; without its query
};

// Parses `GET /path?query HTTP/1.1` or 1.0 (RFC 9112, section 3, origin form): three words of visible ASCII.
// `line` may be any bytes, without the line's end; the result points into it. Returns nothing if it is not
// such a line.
std::optional<HealthRequest> ParseHealthRequest(std::string_view line);

}  // namespace ray_init_agent
