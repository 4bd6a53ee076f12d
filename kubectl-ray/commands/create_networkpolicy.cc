#include "kubectl-ray/commands/create_networkpolicy.h"

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/network_policies.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/network_policy_flags.h"

namespace kubectl_ray {
namespace {

shared::Result<int> Run(const CreateNetworkPolicyFlags& flags, CommandContext& context) {
  TRY(CheckOutput(flags.output, flags.dry_run));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, flags.cluster));
  NetworkPolicyOptions options = flags.policy;
  if (cluster.backend == Backend::kPlain) options.operator_namespace.clear();
  ASSIGN_OR_RETURN(std::vector<Json> policies, NetworkPoliciesFor(cluster.ray_cluster, options));
  const Json& owner = cluster.backend == Backend::kPlain ? cluster.head : cluster.ray_cluster;
  if (flags.dry_run == "client") {
    for (Json& policy : policies) policy["metadata"]["ownerReferences"] = OwnerReferences(owner);
    PrintObjects(context.io, flags.output, std::move(policies));
    return kExitOk;
  }
  const bool dry_run = flags.dry_run == "server";
  TRY(ApplyNetworkPolicies(*kube, owner, dry_run, &policies));
  if (dry_run || !flags.output.empty()) {
    PrintObjects(context.io, flags.output, std::move(policies));
    return kExitOk;
  }
  for (const Json& policy : policies) context.io.out << ObjectName(policy) << " applied\n";
  context.io.out << std::flush;
  return kExitOk;
}

}  // namespace

void CreateNetworkPolicy(Leaf& leaf) {
  auto& flags = leaf.Flags<CreateNetworkPolicyFlags>();
  AddClusterArgument(leaf, &flags.cluster, "The cluster to make them for")->required();
  AddNetworkPolicyFlags(leaf, &flags.policy);
  AddPrintMadeFlags(leaf,
                    "Print the policies instead of applying them; =server: the API server judges them, "
                    "storing nothing",
                    &flags.dry_run, &flags.output);
  leaf.Note(
      "The cluster's pods reach each other at all ports, and DNS; the operator, metrics and who is named "
      "here "
      "reach the ports that they need, and nobody else does. Port-forwards, probes and logs go by the "
      "kubelet, "
      "which no policy keeps out.");
  leaf.Note(
      "The policies go with the cluster. Run it again to change them: what it is given then replaces what it "
      "was given before. `create cluster --network-policy` makes them before the first pod.");
  leaf.Example(
      "Let notebooks of the same namespace and the namespace ci use the cluster",
      "kubectl ray create networkpolicy demo --allow-from label=app=notebook --allow-from namespace=ci");
  leaf.Example("See what would be applied",
               "kubectl ray create networkpolicy demo --allow-from 10.20.0.0/16 --dry-run");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
