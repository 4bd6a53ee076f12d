// The pod's own TLS certificate, which Ray's peers check against the address they call.
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace ray_init_agent {

// Whether the first certificate in `pem` has `address` (IPv4 or IPv6, as text) among its subject alternative
// names. gRPC, and so Ray, calls nodes by address and looks nowhere else for one. kInternal where `pem` holds
// no certificate.
shared::Result<bool> CertificateNamesAddress(std::string_view pem, const std::string& address);

// The address this pod would send from, which is the one Ray takes: that of the default route's interface, or
// "" where there is none. No packet is sent.
std::string OwnAddress();

}  // namespace ray_init_agent
