#include "ray-init-agent/gcs_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace ray_init_agent {
namespace {

using shared::ErrorCode;
using shared::Fail;

bool IsIpv6(const std::string& text) {
  in6_addr ignored;
  return inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), &ignored) == 1;
}

// The characters of a DNS name or an IPv4 address; Kubernetes and Docker both allow the underscore.
bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text[0] != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '.' || c == '_';
         });
}

bool ReadPort(std::string_view text, std::uint16_t* port) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), *port);
  return code == std::errc() && end == text.data() + text.size() && *port != 0;
}

}  // namespace

std::string GcsAddress::ToText() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

shared::Result<GcsAddress> ParseGcsAddress(std::string_view text) {
  GcsAddress address;
  const auto refuse = [&] {
    return Fail(ErrorCode::kUsage, "cannot read address \"" + std::string(text) + "\": it is not host:port",
                "Write it as head-svc:6379, 10.0.0.1:6379 or [fd00::1]:6379.");
  };
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return refuse();
    address.host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    const bool valid_rest = rest.empty() || (rest[0] == ':' && ReadPort(rest.substr(1), &address.port));
    if (!IsIpv6(address.host) || !valid_rest) return refuse();
    return address;
  }
  address.host = text;
  if (std::count(text.begin(), text.end(), ':') > 1) {
    if (!IsIpv6(address.host)) return refuse();
    return address;
  }
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    address.host = text.substr(0, colon);
    if (!ReadPort(text.substr(colon + 1), &address.port)) return refuse();
  }
  if (!IsName(address.host)) return refuse();
  return address;
}

}  // namespace ray_init_agent
