#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/commands/commands.h"
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

void AddGetToken(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("token", "Get the auth token of a Ray cluster");
  auto name = std::make_shared<std::string>();
  app->add_option("CLUSTER", *name, "the cluster's name")->required();
  app->footer(R"(Examples:
  # For Ray's own command line
  export RAY_AUTH_TOKEN=$(kubectl ray get token demo))");
  table.Add(app, [name](CommandContext& context) { return Run(*name, context); });
}

}  // namespace kubectl_ray
