// The ray-init-agent binaries that this plugin carries, to be put into Ray pods of any image.
#pragma once

#include <string_view>
#include <vector>

namespace kubectl_ray {

struct AgentArchive {
  std::string_view architecture;  // Kubernetes' word: amd64, arm64
  std::string_view gzip;          // the static binary, compressed by gzip -9; a part of this program
};

// Returns one for each architecture that was built in; never empty.
const std::vector<AgentArchive>& EmbeddedAgents();

}  // namespace kubectl_ray
