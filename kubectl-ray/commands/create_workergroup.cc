#include "kubectl-ray/commands/create_workergroup.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/create.h"
#include "kubectl-ray/clusters/namespace_security.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/ray_cluster.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "kubectl-ray/manifests/ray_cluster.h"

namespace kubectl_ray {
namespace {

// Has the agents of the new group serve their metrics as the head's does, unless it is given otherwise.
void FollowAgentPort(const Json& ray_cluster, ClusterSpec* spec) {
  const bool given = spec->agent.metrics_port != 0 || AgentPort({{"env", spec->pods.env}}) != 0;
  if (given || spec->agent.delivery == AgentOptions::Delivery::kNone) return;
  const Json& containers =
      shared::At(ray_cluster, {"spec", "headGroupSpec", "template", "spec", "containers"});
  if (containers.is_array() && !containers.empty()) spec->agent.metrics_port = AgentPort(containers[0]);
}

shared::Result<int> Run(const CreateWorkerGroupFlags& options, CommandContext& context) {
  ASSIGN_OR_RETURN(ClusterSpec spec, SpecFromFlags(options.flags, context.environment));
  WorkerGroup& group = spec.worker_groups.front();
  group.name = options.group;
  TRY(CheckWorkerGroup(group));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, options.cluster));
  FollowFixedPorts(cluster.ray_cluster, &group);
  FollowAgentPort(cluster.ray_cluster, &spec);
  // Two versions of Ray do not make one cluster.
  if (const std::string image = HeadImage(cluster.ray_cluster); options.flags.image.empty() && !image.empty())
    spec.image = image;
  spec.ns = ns;
  DecidePodSecurity(*kube, &spec);
  Json worker_group = WorkerGroupSpecFor(spec, group, cluster.backend);
  SettlePod(worker_group["template"]["spec"]);
  const Json only = {{"workerGroupSpecs", Json::array({worker_group})}};
  TRY(CheckAgentPorts(only));
  WarnOfStopHooks(only, context.io);
  if (spec.agent.delivery == AgentOptions::Delivery::kConfigMap)
    TRY(EnsureAgent(*kube, ns, EmbeddedAgents()));
  TRY(AddWorkerGroup(*kube, cluster, worker_group));
  context.io.out << official::UpdatedCluster(ns, options.cluster) << std::endl;
  return kExitOk;
}

}  // namespace

void CreateWorkerGroup(Leaf& leaf) {
  auto& flags = leaf.Flags<CreateWorkerGroupFlags>();
  leaf.Argument("NAME", &flags.group, "Name of the new worker group", kNoNames)->required();
  AddClusterFlag(leaf, ClusterFlag::kShort, &flags.cluster, "Ray cluster to add a worker group to")
      ->required();
  AddWorkerGroupFlags(leaf, &flags.flags);
  leaf.Example("Create a worker group in an existing Ray cluster",
               "kubectl ray create workergroup example-group --ray-cluster sample-cluster --worker-cpu 2 "
               "--worker-memory 5Gi");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
