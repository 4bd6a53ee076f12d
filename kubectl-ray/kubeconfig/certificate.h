// X.509 client certificates, as far as a person has to be told about them.
#pragma once

#include <optional>
#include <string>

namespace kubectl_ray {

// "2026-01-31 12:00:00 UTC", the end of the first certificate's time in `pem`, where that is past by this
// machine's clock; nullopt where it is still valid or `pem` cannot be read (the handshake will tell).
std::optional<std::string> ExpiredAt(const std::string& pem);

}  // namespace kubectl_ray
