#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

struct Options {
  std::string cluster;
  ScaleOptions scale;
  std::string remove_pod;
};

shared::Status Check(const Options& options) {
  const ScaleOptions& scale = options.scale;
  const bool any = scale.replicas || scale.min_replicas || scale.max_replicas;
  if (!options.remove_pod.empty()) {
    if (any)
      return Fail(ErrorCode::kUsage,
                  "--remove-pod goes with no other number of replicas: it takes one worker away");
    return shared::Ok();
  }
  if (scale.group.empty()) return Fail(ErrorCode::kUsage, "must specify -w/--worker-group");
  if (!any)
    return Fail(
        ErrorCode::kUsage,
        "must specify at least one of --replicas, --min-replicas, or --max-replicas (non-negative integers)");
  const std::pair<const char*, const std::optional<int>*> flags[] = {{"--min-replicas", &scale.min_replicas},
                                                                     {"--max-replicas", &scale.max_replicas},
                                                                     {"--replicas", &scale.replicas}};
  for (const auto& [name, value] : flags)
    if (*value && **value < 0)
      return Fail(ErrorCode::kUsage, std::string(name) + " must be a non-negative integer");
  return shared::Ok();
}

shared::Result<int> Run(const Options& options, CommandContext& context) {
  TRY(Check(options));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, options.cluster));
  if (!options.remove_pod.empty()) {
    if (IsSuspended(cluster))
      return Fail(ErrorCode::kUsage, "cannot remove pod \"" + options.remove_pod + "\": Ray cluster \"" +
                                         options.cluster + "\" is suspended and has no workers");
    ASSIGN_OR_RETURN(const std::string group, RemoveWorker(*kube, cluster, options.remove_pod));
    context.io.out << "Removing worker " << options.remove_pod << " of worker group " << group
                   << " in Ray cluster " << options.cluster << " in namespace " << ns << std::endl;
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const ScalePlan plan, PlanScale(cluster.ray_cluster, options.scale));
  if (plan.changes.empty()) {
    context.io.out << official::WorkerGroupMatches(options.scale.group, options.cluster, ns) << std::endl;
    return kExitOk;
  }
  TRY(Scale(*kube, cluster, plan));
  std::string changes;
  for (const std::string& change : plan.changes) changes += (changes.empty() ? "" : ", ") + change;
  context.io.out << official::UpdatedWorkerGroup(options.scale.group, options.cluster, ns, changes)
                 << std::endl;
  return kExitOk;
}

}  // namespace

void AddScale(CLI::App& parent, CommandTable& table) {
  CLI::App* scale = parent.add_subcommand("scale", "Scale a Ray cluster's worker groups");
  scale->group("Clusters");
  CLI::App* app = scale->add_subcommand("cluster", "Scale a Ray cluster");
  auto options = std::make_shared<Options>();
  app->add_option("RAYCLUSTER", options->cluster, "the cluster's name")->required();
  app->add_option("-w,--worker-group", options->scale.group, "worker group");
  app->add_option("-r,--replicas", options->scale.replicas, "Desired number of replicas in worker group");
  app->add_option("--min-replicas", options->scale.min_replicas,
                  "Minimum desired number of replicas for worker group");
  app->add_option("--max-replicas", options->scale.max_replicas,
                  "Maximum desired number of replicas for worker group");
  app->add_option("--remove-pod", options->remove_pod, "take away this very worker, and its replica");
  app->footer(R"(Examples:
  # Scale a Ray cluster by setting one of its worker groups to 3 replicas
  kubectl ray scale cluster my-cluster --worker-group my-group --replicas 3

  # Take away one certain worker; it is drained first
  kubectl ray scale cluster my-cluster --remove-pod my-cluster-my-group-worker-abcde)");
  table.Add(app, [options](CommandContext& context) { return Run(*options, context); });
}

}  // namespace kubectl_ray
