#include "kubectl-ray/commands/scale.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/kinds/names.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

shared::Status Check(const ScaleFlags& flags) {
  const ScaleOptions& scale = flags.scale;
  const bool any = scale.replicas || scale.min_replicas || scale.max_replicas;
  if (!flags.remove_pod.empty()) {
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
  const std::pair<const char*, const std::optional<int>*> counts[] = {{"--min-replicas", &scale.min_replicas},
                                                                      {"--max-replicas", &scale.max_replicas},
                                                                      {"--replicas", &scale.replicas}};
  for (const auto& [name, value] : counts)
    if (*value && **value < 0)
      return Fail(ErrorCode::kUsage, std::string(name) + " must be a non-negative integer");
  return shared::Ok();
}

shared::Result<int> Run(const ScaleFlags& flags, CommandContext& context) {
  TRY(Check(flags));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, flags.cluster));
  if (!flags.remove_pod.empty()) {
    if (IsSuspended(cluster))
      return Fail(ErrorCode::kUsage, "cannot remove pod \"" + flags.remove_pod + "\": Ray cluster \"" +
                                         flags.cluster + "\" is suspended and has no workers");
    ASSIGN_OR_RETURN(const std::string group, RemoveWorker(*kube, cluster, flags.remove_pod));
    context.io.out << "Removing worker " << flags.remove_pod << " of worker group " << group
                   << " in Ray cluster " << flags.cluster << " in namespace " << ns << std::endl;
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const ScalePlan plan, PlanScale(cluster.ray_cluster, flags.scale));
  if (plan.changes.empty()) {
    context.io.out << official::WorkerGroupMatches(flags.scale.group, flags.cluster, ns) << std::endl;
    return kExitOk;
  }
  TRY(Scale(*kube, cluster, plan));
  std::string changes;
  for (const std::string& change : plan.changes) changes += (changes.empty() ? "" : ", ") + change;
  context.io.out << official::UpdatedWorkerGroup(flags.scale.group, flags.cluster, ns, changes) << std::endl;
  return kExitOk;
}

}  // namespace

void ScaleCluster(Leaf& leaf) {
  auto& flags = leaf.Flags<ScaleFlags>();
  AddClusterArgument(leaf, &flags.cluster, "The cluster to scale")->required();
  leaf.Flag("-w,--worker-group", &flags.scale.group, "Worker group", WorkerGroupNames);
  leaf.Flag("-r,--replicas", &flags.scale.replicas, "Desired number of replicas in worker group");
  leaf.Flag("--min-replicas", &flags.scale.min_replicas,
            "Minimum desired number of replicas for worker group");
  leaf.Flag("--max-replicas", &flags.scale.max_replicas,
            "Maximum desired number of replicas for worker group");
  leaf.Flag("--remove-pod", &flags.remove_pod, "Take away this very worker, and its replica", RayPodNames);
  leaf.Example("Scale a Ray cluster by setting one of its worker groups to 3 replicas",
               "kubectl ray scale cluster my-cluster --worker-group my-group --replicas 3");
  leaf.Example("Take away one certain worker; it is drained first",
               "kubectl ray scale cluster my-cluster --remove-pod my-cluster-my-group-worker-abcde");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
