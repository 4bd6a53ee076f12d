// X.509 client certificates, as far as a person has to be told about them.
#pragma once

#include <optional>
#include <string>

namespace kubectl_ray {

// "2026-01-31 12:00:00 UTC", the end of the first certificate's time in `pem`, where that is past by this
// machine's clock; nullopt where it is still valid or `pem` cannot be read (the handshake will tell).
std::optional<std::string> ExpiredAt(const std::string& pem);

// Why the TLS library (mbedTLS) takes none of the certificates in `pem`, where that is a matter of what they
// are: "it has the critical extension nameConstraints, which ..."; empty where it takes one, and where `pem`
// is something else than certificates (the handshake says so).
std::string WhyUnusable(const std::string& pem);

// The way out for an authority of which WhyUnusable() says something, as a sentence.
inline constexpr const char* kOtherAuthority =
    "Name the certificate that signed the server's own, or the server's own, in its place, if that is "
    "without it: "
    "docs/install.md says what TLS this program takes.";

}  // namespace kubectl_ray
