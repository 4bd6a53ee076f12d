// The flags of `rights`, and how it reads the commands that it is given.
#pragma once

#include <string>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

struct RightsFlags {
  std::vector<std::string> commands;
  std::string clusters = "both";  // both, rayclusters, deployments
  std::string name = "kubectl-ray";
  bool all_namespaces = false;
  std::string output;

  bool operator==(const RightsFlags&) const = default;
};

// Returns the paths of the commands that the words name, in the order of the table of commands, each once:
// the longest path counts, and a word that only has commands below it means all of those. No words: all but
// those for administrators. kUsage: words that are no command, or one for administrators.
shared::Result<std::vector<std::string>> CommandsNamed(const std::vector<std::string>& words);

}  // namespace kubectl_ray
