// A word on the command line that is a cluster's name or a file that says which.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/launcher/cluster_file.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

// Reads the file; `name` replaces its cluster's. "-" means stdin. `action` is what its errors cannot do:
// "bring up".
shared::Result<ClusterFile> ReadFileArgument(const std::string& path, const std::string& name,
                                             const std::string& action, CommandContext& context);

// The namespace of a file's cluster: the file's, else that of the command line or the context. kUsage if file
// and command line name different ones.
shared::Result<std::string> NamespaceOf(const ClusterFile& file, CommandContext& context);

struct NamedCluster {
  std::string name;  // as it was typed, or the cluster's of the file
  std::string ns;
  std::optional<ClusterFile> file;  // that names it
};

// If the word is a file, reads it and says on stderr which cluster is meant; otherwise returns it as it is.
shared::Result<NamedCluster> ResolveFileTarget(const std::string& word, const std::string& cluster_name,
                                               CommandContext& context);

// Returns the pod of the cluster's head. kUnavailable if it does not run.
shared::Result<RayPod> FindRunningHead(const KubeClient& kube, const NamedCluster& cluster);

// The argument FILE, which the shell completes.
CLI::Option* AddFileArgument(Leaf& leaf, std::string* file, const std::string& help);
// --cluster-name, as `ray up` has it; its -n is kubectl's namespace here.
CLI::Option* AddClusterNameFlag(Leaf& leaf, std::string* name);

}  // namespace kubectl_ray
