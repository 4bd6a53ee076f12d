// What a person has to know about X.509 certificates before a handshake fails.
#pragma once

#include <optional>
#include <string>

namespace kubectl_ray {

// Returns when the first certificate in `pem` expired ("2026-01-31 12:00:00 UTC"), if that is past by this
// machine's clock. Returns nullopt if it is still valid or `pem` cannot be read; the handshake reports that.
std::optional<std::string> ExpiredAt(const std::string& pem);

// Returns why the TLS library (mbedTLS) accepts none of the certificates in `pem` because of what they are:
// "it has the critical extension nameConstraints, which ...". Returns an empty string if it accepts one, or
// if `pem` holds no certificates; the handshake reports that.
std::string WhyUnusable(const std::string& pem);

// A sentence with the way out for an authority that WhyUnusable() gives a reason for.
inline constexpr const char* kOtherAuthority =
    "Name the certificate that signed the server's own, or the server's own, in its place, if that is "
    "without it: "
    "docs/install.md says what TLS this program takes.";

}  // namespace kubectl_ray
