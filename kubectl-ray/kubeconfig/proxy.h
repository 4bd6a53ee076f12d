// Which proxy the environment wants for a URL, by Go's rules (golang.org/x/net/http/httpproxy).
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace kubectl_ray {

// HTTPS_PROXY or HTTP_PROXY (lower case too) unless NO_PROXY exempts the host: "*", a name with its
// subdomains, ".suffix", an address, a CIDR, each with an optional port. Loopback is never proxied. Empty:
// none.
std::string ProxyFor(const std::string& url,
                     const std::function<std::optional<std::string>(const std::string&)>& environment);

}  // namespace kubectl_ray
