#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/create.h"
#include "kubectl-ray/commands/cluster_flags.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/kinds/ray_cluster.h"
#include "kubectl-ray/manifests/ray_cluster.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

struct Options {
  std::string group;
  std::string cluster;
  ClusterFlags flags;
};

shared::Result<int> Run(const Options& options, CommandContext& context) {
  ASSIGN_OR_RETURN(ClusterSpec spec, SpecFromFlags(options.flags, context.environment));
  WorkerGroup& group = spec.worker_groups.front();
  group.name = options.group;
  TRY(CheckWorkerGroup(group));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, options.cluster));
  // Two versions of Ray do not make one cluster.
  if (const std::string image = HeadImage(cluster.ray_cluster); options.flags.image.empty() && !image.empty())
    spec.image = image;
  if (spec.agent.delivery == AgentOptions::Delivery::kConfigMap)
    TRY(EnsureAgent(*kube, ns, EmbeddedAgents()));
  TRY(AddWorkerGroup(*kube, cluster, WorkerGroupSpecFor(spec, group, cluster.backend)));
  context.io.out << official::UpdatedCluster(ns, options.cluster) << std::endl;
  return kExitOk;
}

}  // namespace

void AddCreateWorkerGroup(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("workergroup", "Create worker group in an existing Ray cluster");
  auto options = std::make_shared<Options>();
  options->flags.worker.min_replicas = 1;
  options->flags.worker.max_replicas = 10;
  app->add_option("WORKERGROUP", options->group, "name of the new worker group")->required();
  app->add_option("-c,--ray-cluster", options->cluster, "Ray cluster to add a worker group to")->required();
  AddWorkerGroupFlags(*app, &options->flags);
  app->footer(R"(Examples:
  # Create a worker group in an existing Ray cluster
  kubectl ray create workergroup example-group --ray-cluster sample-cluster --worker-cpu 2 --worker-memory 5Gi)");
  table.Add(app, [options](CommandContext& context) { return Run(*options, context); });
}

}  // namespace kubectl_ray
