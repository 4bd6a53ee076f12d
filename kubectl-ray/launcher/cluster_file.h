// A file that says what a cluster is: the cluster launcher's YAML, or one with a RayCluster.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/convert/launcher_file.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

struct ClusterFile {
  std::string source;                    // the file's name, for messages
  std::optional<LauncherFile> launcher;  // the launcher's YAML
  shared::Json ray_cluster;              // otherwise: the file's RayCluster
  std::vector<shared::Json> beside;      // and its other documents, in order

  // Its cluster, and the namespace that it names; empty: none.
  std::string cluster() const;
  std::string ns() const;
};

// Whether a word on the command line is a file and not a cluster's name: it ends with .yaml, .yml or .json,
// or has a slash and is the path of a regular file that is there. "-" is one, too.
bool NamesFile(const std::string& word);

// Reads either kind. `action` is what the errors cannot do: `cannot bring up FILE:LINE: CAUSE`. `name`, if it
// is not empty, replaces the cluster's (-n of `ray up`). kUsage, with the line as far as there is one: a file
// that is neither, of an older format (its hint is `kubectl ray convert`), with several RayClusters, or with
// a name that Kubernetes refuses.
shared::Result<ClusterFile> ReadClusterFile(std::string_view source, std::string_view text,
                                            const std::string& action, const std::string& name = "");

}  // namespace kubectl_ray
