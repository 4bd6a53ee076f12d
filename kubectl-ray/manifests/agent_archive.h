// The ray-init-agent binaries that this plugin carries, to be put into Ray pods of any image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kubectl_ray {

struct AgentArchive {
  std::string_view architecture;  // Kubernetes' word: amd64, arm64
  std::string_view digest;        // the first 12 hex digits of the static binary's SHA-256
  std::size_t at, packed;  // where its .xz file is in what the plugin carries, and how many bytes that has
  std::size_t size;        // bytes of the binary
  std::uint32_t crc;       // its CRC-32
};

// Returns one for each architecture that was built in; never empty. Written by cmake/pack-agents.
const std::vector<AgentArchive>& EmbeddedAgents();

}  // namespace kubectl_ray
