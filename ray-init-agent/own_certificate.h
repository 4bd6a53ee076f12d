// The pod's own TLS certificate, which Ray's peers check against the address that they call.
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace ray_init_agent {

// Whether the first certificate in `pem` has `address` (IPv4 or IPv6, as text) among its subject alternative
// names. gRPC, and so Ray, calls nodes by address and looks for it nowhere else. Fails with kInternal if
// `pem` holds no certificate.
shared::Result<bool> CertificateNamesAddress(std::string_view pem, const std::string& address);

// Returns the address from which this pod would send, which is the one that Ray takes: that of the default
// route's interface, or "" if there is no route. No packet is sent.
std::string OwnAddress();

}  // namespace ray_init_agent
