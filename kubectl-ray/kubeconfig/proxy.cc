#include "kubectl-ray/kubeconfig/proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "shared/split.h"
#include "shared/url.h"

namespace kubectl_ray {
namespace {

struct Address {
  int family = AF_UNSPEC;  // AF_UNSPEC if it is not an IP address
  unsigned char bytes[16] = {};
  int bits() const { return family == AF_INET ? 32 : 128; }
};

Address ParseAddress(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes) == 1) {
    address.family = AF_INET;
  } else if (inet_pton(AF_INET6, text.c_str(), address.bytes) == 1) {
    address.family = AF_INET6;
  }
  return address;
}

bool InNetwork(const Address& host, const Address& network, int prefix) {
  if (host.family != network.family || prefix < 0 || prefix > network.bits()) return false;
  for (int i = 0; i < prefix; ++i) {
    const int mask = 0x80 >> (i % 8);
    if ((host.bytes[i / 8] & mask) != (network.bytes[i / 8] & mask)) return false;
  }
  return true;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

struct HostPort {
  std::string host;  // lower case, without brackets
  std::string port;  // empty if none was given
};

HostPort SplitHostPort(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return {Lower(std::string(text)), ""};
    const std::string_view rest = text.substr(end + 1);
    return {Lower(std::string(text.substr(1, end - 1))),
            rest.starts_with(':') ? std::string(rest.substr(1)) : ""};
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return {Lower(std::string(text)), ""};  // no port, or a bare IPv6 address
  return {Lower(std::string(text.substr(0, colon))), std::string(text.substr(colon + 1))};
}

bool IsLoopback(const std::string& host) {
  if (host == "localhost") return true;
  const Address address = ParseAddress(host);
  if (address.family == AF_INET) return address.bytes[0] == 127;
  return address.family == AF_INET6 && std::memcmp(address.bytes, &in6addr_loopback, 16) == 0;
}

bool Exempts(const std::string& entry, const HostPort& target) {
  if (entry.empty()) return false;
  if (entry == "*") return true;
  if (const std::size_t slash = entry.find('/'); slash != std::string::npos) {
    const Address network = ParseAddress(entry.substr(0, slash));
    return network.family != AF_UNSPEC &&
           InNetwork(ParseAddress(target.host), network, std::atoi(entry.c_str() + slash + 1));
  }
  HostPort pattern = SplitHostPort(entry);
  if (!pattern.port.empty() && pattern.port != target.port) return false;
  if (const Address address = ParseAddress(pattern.host); address.family != AF_UNSPEC)
    return InNetwork(ParseAddress(target.host), address, address.bits());
  if (pattern.host.starts_with("*.")) pattern.host.erase(0, 1);
  if (pattern.host.starts_with('.')) return target.host.ends_with(pattern.host);
  return target.host == pattern.host || target.host.ends_with("." + pattern.host);
}

}  // namespace

std::string ProxyFor(const std::string& url,
                     const std::function<std::optional<std::string>(const std::string&)>& environment) {
  auto variable = [&](const char* upper, const char* lower) {
    const std::string value = environment(upper).value_or("");
    return value.empty() ? environment(lower).value_or("") : value;
  };
  const bool tls = url.starts_with("https:");
  std::string proxy = tls ? variable("HTTPS_PROXY", "https_proxy") : variable("HTTP_PROXY", "http_proxy");
  if (proxy.empty()) return {};
  HostPort target = SplitHostPort(shared::HostAndPort(url));
  if (target.port.empty()) target.port = tls ? "443" : "80";
  if (IsLoopback(target.host)) return {};

  std::string list = variable("NO_PROXY", "no_proxy");
  std::replace(list.begin(), list.end(), ' ', ',');
  for (const std::string_view entry : shared::Split(list, ','))
    if (Exempts(Lower(std::string(entry)), target)) return {};
  return proxy.find("://") == std::string::npos ? "http://" + proxy : proxy;
}

}  // namespace kubectl_ray
