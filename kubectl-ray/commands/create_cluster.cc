#include "kubectl-ray/commands/create_cluster.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/cluster_plan.h"
#include "kubectl-ray/clusters/create.h"
#include "kubectl-ray/clusters/namespace_security.h"
#include "kubectl-ray/clusters/wait_ready.h"
#include "kubectl-ray/commands/network_policy_flags.h"
#include "kubectl-ray/commands/new_cluster.h"
#include "kubectl-ray/commands/ports_flag.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

// Which kind of cluster it will be. A client-side dry run does without a server, and then shows a RayCluster
// and sets `*answers` to false.
shared::Result<Backend> ChooseBackend(const CreateClusterFlags& options, CommandContext& context,
                                      bool* answers) {
  if (options.without_operator) return Backend::kPlain;
  auto served = [&]() -> shared::Result<bool> {
    ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
    return kube->Serves(kRayClusters);
  }();
  if (served) return *served ? Backend::kOperator : Backend::kPlain;
  if (options.dry_run != "client") return shared::Unexpected(served.error());
  *answers = false;
  context.io.err
      << "note: no API server could be asked whether it serves RayClusters; this is for one that does\n";
  return Backend::kOperator;
}

// Chooses the backend, asks the namespace what else is open, and plans what is sent.
shared::Result<ClusterPlan> MakePlan(const CreateClusterFlags& options, ClusterSpec* spec,
                                     CommandContext& context) {
  bool answers = true;
  ASSIGN_OR_RETURN(const Backend backend, ChooseBackend(options, context, &answers));
  const auto kube = context.Kube();  // a client-side dry run does without one
  if (kube && answers) DecidePodSecurity(**kube, spec);
  ASSIGN_OR_RETURN(ClusterPlan plan, PlanCluster(*spec, options.set, backend));
  if (options.network_policy) {
    NetworkPolicyOptions policy = options.policy;
    if (backend == Backend::kPlain) policy.operator_namespace.clear();
    ASSIGN_OR_RETURN(plan.policies, NetworkPoliciesFor(plan.ray_cluster, policy));
  }
  return plan;
}

shared::Result<int> Run(const CreateClusterFlags& options, const std::vector<std::string>& cluster_flags,
                        CommandContext& context) {
  TRY(CheckOutput(options.output, options.dry_run));
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  if (!options.network_policy && AnyNetworkPolicyFlag(options.policy))
    return Fail(ErrorCode::kUsage, "the flags of the network policy say nothing without --network-policy",
                "Give --network-policy, too.");
  ASSIGN_OR_RETURN(ClusterSpec spec,
                   SpecOfNew(options.cluster, options.file, options.name, cluster_flags, context));
  TRY(FixPortsByFlag(options.ports, context, &spec));
  TRY(CheckClusterSpec(spec));
  ASSIGN_OR_RETURN(ClusterPlan plan, MakePlan(options, &spec, context));
  TRY(CheckAgentPorts(shared::At(plan.ray_cluster, {"spec"})));
  WarnOfStopHooks(shared::At(plan.ray_cluster, {"spec"}), context.io);
  WarnOfMissedGcs(plan.ray_cluster, context.io);
  if (options.dry_run == "client") {
    PrintNew(spec, ObjectsOf(plan), options.output, options.dry_run, context);
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  const std::int64_t workers = WantedWorkers(plan.ray_cluster);
  TRY(CreateCluster(*kube, spec, &plan, options.dry_run == "server"));
  if (options.dry_run == "server") {
    PrintNew(spec, ObjectsOf(plan), options.output, options.dry_run, context);
    return kExitOk;
  }
  if (!options.output.empty())
    PrintObjects(context.io, options.output, ObjectsOf(plan));
  else
    context.io.out << official::CreatedCluster(spec.name) << std::endl;
  if (!options.wait) return kExitOk;
  TRY(WaitReady(*kube, {spec.ns, spec.name, workers}, timeout, context.io));
  if (options.output.empty()) context.io.out << official::ClusterIsProvisioned(spec.name) << std::endl;
  return kExitOk;
}

}  // namespace

void CreateCluster(Leaf& leaf) {
  auto& flags = leaf.Flags<CreateClusterFlags>();
  leaf.Argument("NAME", &flags.name, "Name of the new cluster", kNoNames);
  AddClusterFlags(leaf, &flags.cluster);
  leaf.Flag("--file", &flags.file, "Path to a YAML file containing Ray cluster configuration; -: stdin");
  leaf.Flag("--without-operator", &flags.without_operator,
            "Make plain Deployments even where the KubeRay operator's RayCluster is served");
  AddPortsFlag(leaf, &flags.ports);
  leaf.Flag(
      "--network-policy", &flags.network_policy,
      "Make NetworkPolicies before the pods, so that only the cluster itself, the operator, metrics and "
      "--allow-from reach them");
  AddNetworkPolicyFlags(leaf, &flags.policy);
  leaf.Flag("--set", &flags.set,
            "Set any field of the RayCluster: PATH=VALUE, the value as YAML; may be repeated");
  AddPrintNewFlags(leaf, &flags.dry_run, &flags.output);
  leaf.Flag("--wait", &flags.wait,
            "Wait for the cluster to be provisioned before returning. Returns an error if the cluster is not "
            "provisioned by the timeout specified.");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  leaf.Example("Create a Ray cluster using default values", "kubectl ray create cluster sample-cluster");
  leaf.Example("Wait until its head and workers are ready",
               "kubectl ray create cluster sample-cluster --worker-replicas 3 --worker-cpu 1 --worker-memory "
               "5Gi --wait");
  leaf.Example("Create a Ray cluster from a YAML configuration file",
               "kubectl ray create cluster sample-cluster --file ray-cluster-config.yaml");
  leaf.Example("Fix all ports, and let one namespace alone connect to the pods",
               "kubectl ray create cluster sample-cluster --ports fixed --network-policy --allow-from "
               "namespace=notebooks");
  leaf.Example("See what would be sent", "kubectl ray create cluster sample-cluster --dry-run");
  leaf.Run([&app = leaf.app(), &flags](CommandContext& context) {
    return Run(flags, ClusterFlagsGiven(app), context);
  });
}

}  // namespace kubectl_ray
