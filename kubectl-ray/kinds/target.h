// What a user points at on the command line: NAME or TYPE/NAME.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/kinds/ray_cluster.h"
#include "kubectl-ray/kube/client.h"
#include "shared/result.h"

namespace kubectl_ray {

struct Target {
  const Kind* kind = &RayClusterKind();  // never nullptr
  std::string name;

  // A cluster of either backend; only this kind's objects need not be a resource of their own.
  bool is_cluster() const { return kind == &RayClusterKind(); }
  bool operator==(const Target&) const = default;
};

// A bare NAME is a cluster; TYPE is a word of the table of kinds. kUsage: another type, or a name that
// Kubernetes would refuse (RFC 1123).
shared::Result<Target> ParseTarget(std::string_view text);

// Returns "TYPE NAME..." of kubectl's grammar as TYPE/NAME each. Words that do not begin with a word of the
// table of kinds, or of which another has a slash, are returned as they are.
std::vector<std::string> JoinTypeAndNames(std::vector<std::string> words);

// "raycluster/NAME", as kubectl prints it.
std::string ToString(const Target& target);

// "NAME or TYPE/NAME: raycluster, rayjob, rayservice or raycronjob": the help of an argument that ParseTarget
// reads.
std::string TargetHelp();

// The object of that kind and name, and of no other kind. kNotFound, with the row's way out if the API server
// does not serve the kind. REQUIRES: !target.is_cluster(), which FindCluster finds.
shared::Result<Json> FindObject(const KubeClient& kube, std::string_view ns, const Target& target);

// The cluster that `object`, which is the target's, uses. kNotFound: it has none yet. kUsage: objects of its
// kind have none.
shared::Result<UsedCluster> ClusterOf(const Target& target, const Json& object);

// The name of the target's cluster: its own name, or that of the cluster its object uses. Errors are those of
// FindObject and ClusterOf. A cluster's own name is not looked up.
shared::Result<std::string> ResolveCluster(const KubeClient& kube, std::string_view ns, const Target& target);

}  // namespace kubectl_ray
