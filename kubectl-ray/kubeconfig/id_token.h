// The ID tokens of OpenID Connect, as far as a client that sends them reads them: JSON Web Tokens (RFC 7519).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace kubectl_ray {

// The end of its time, its claim "exp"; nothing where it is no JSON Web Token or has no such claim. The
// signature is for the API server to check.
std::optional<std::chrono::system_clock::time_point> ExpiryOf(std::string_view token);

}  // namespace kubectl_ray
