#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/pods/head_pod.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

shared::Result<int> Run(const std::string& name, CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, name));
  const Json& auth = shared::At(cluster.ray_cluster, {"spec", "authOptions"});
  if (StringAt(auth, {"mode"}) != "token")
    return Fail(ErrorCode::kNotFound,
                "RayCluster " + ns + "/" + name + " was not configured to use authentication tokens");
  const SecretKey secret{StringAt(auth, {"secretName"}, name), "auth_token"};
  ASSIGN_OR_RETURN(const std::string token, ReadSecret(*kube, ns, secret));
  context.io.out << token << std::flush;
  return kExitOk;
}

}  // namespace

void GetToken(Leaf& leaf) {
  auto& cluster = leaf.Flags<std::string>();
  AddClusterArgument(leaf, &cluster, "The cluster whose token it is")->required();
  leaf.Example("For Ray's own command line", "export RAY_AUTH_TOKEN=$(kubectl ray get token demo)");
  leaf.Run([&cluster](CommandContext& context) { return Run(cluster, context); });
}

}  // namespace kubectl_ray
