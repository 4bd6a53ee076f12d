// What a client that sends ID tokens of OpenID Connect has to read in them: they are JSON Web Tokens (RFC
// 7519).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace kubectl_ray {

// Returns when the token expires, from its claim "exp"; nothing if it is not a JSON Web Token or has no such
// claim. The API server checks the signature, not we.
std::optional<std::chrono::system_clock::time_point> ExpiryOf(std::string_view token);

}  // namespace kubectl_ray
