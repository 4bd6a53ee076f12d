// The address at which the GCS listens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace ray_init_agent {

inline constexpr std::uint16_t kDefaultGcsPort = 6379;

struct GcsAddress {
  std::string host;  // a name, an IPv4 address or an IPv6 address without brackets
  std::uint16_t port = kDefaultGcsPort;

  // Returns `head-svc:6379` or `[fd00::1]:6379`.
  std::string ToText() const;
  bool operator==(const GcsAddress&) const = default;
};

// Parses `host`, `host:port`, `1.2.3.4:port`, `fd00::1`, `[fd00::1]` and `[fd00::1]:port`. Fails with kUsage
// for anything else, a URL included.
shared::Result<GcsAddress> ParseGcsAddress(std::string_view text);

}  // namespace ray_init_agent
