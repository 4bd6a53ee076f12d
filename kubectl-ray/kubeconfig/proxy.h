// Which proxy the environment asks for, by Go's rules (golang.org/x/net/http/httpproxy).
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace kubectl_ray {

// Returns the value of HTTPS_PROXY or HTTP_PROXY (lower case too), unless NO_PROXY exempts the URL's host: by
// "*", a name with its subdomains, ".suffix", an address or a CIDR, each with an optional port. Returns an
// empty string for no proxy; loopback is never proxied.
std::string ProxyFor(const std::string& url,
                     const std::function<std::optional<std::string>(const std::string&)>& environment);

}  // namespace kubectl_ray
