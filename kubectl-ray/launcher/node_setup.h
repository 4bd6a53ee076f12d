// What a node does before its Ray starts: it unpacks files and runs commands. How both get into its pod.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// What the API server takes at most as the values of one Secret.
inline constexpr std::size_t kMaxSecretBytes = 1u << 20;

// One of file_mounts, read.
struct NodeFiles {
  std::string remote;   // as in the file: absolute, or relative to the home directory, which ~ may stand for
  std::string archive;  // a gzipped tar of what comes there
  bool directory =
      false;  // its entries come into `remote`; otherwise its one entry comes into the directory of that

  bool operator==(const NodeFiles&) const = default;
};

// Returns an immutable Secret named CLUSTER-files-<digest>, with the archives and the script that unpacks
// them; null if there are none.
shared::Json FilesSecret(const std::string& cluster, const std::string& ns,
                         const std::vector<NodeFiles>& files);

// Returns an immutable Secret named CLUSTER-setup-<digest> with an executable step for each command, in
// order; null if there are none. Each runs under bash, in the container's environment and working directory.
shared::Json CommandsSecret(const std::string& cluster, const std::string& ns,
                            const std::vector<std::string>& commands);

// Returns the name of a step: its number, so that names sort, and the words of the command's first line that
// a Secret's key may have.
std::string StepName(std::size_t number, std::string_view command);

// Has ray-init-agent in the first container run what is in the two Secrets; each may be null. REQUIRES: the
// agent is that container's entrypoint (PutAgent).
void PutSetup(shared::Json& pod_spec, const shared::Json& files, const shared::Json& commands);

}  // namespace kubectl_ray
