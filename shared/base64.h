// Base64 with padding (RFC 4648, 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shared {

std::string Base64Encode(std::string_view bytes);

// Skips white space, because kubeconfigs are wrapped by hand. Returns nothing for anything else that is not
// base64.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace shared
