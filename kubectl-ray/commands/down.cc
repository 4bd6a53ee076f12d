#include "kubectl-ray/commands/down.h"

#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/clusters/delete.h"
#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/launcher/remove_workers.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::Result;

// Returns whether to go on.
Result<bool> Ask(const DownFlags& flags, const std::string& question, CommandContext& context) {
  if (flags.yes) return true;
  ASSIGN_OR_RETURN(const bool sure, Confirm(context.io, context.interrupt, question));
  if (!sure) context.io.err << official::CanceledDeletion() << std::endl;
  return sure;
}

Result<int> DeleteCluster(const DownFlags& flags, const NamedCluster& cluster, CommandContext& context) {
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  ASSIGN_OR_RETURN(const Target target, ParseTarget("raycluster/" + cluster.name));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Deletion deletion, FindDeletion(*kube, cluster.ns, target));
  const std::string with = deletion.goes_along.empty() ? "" : " (" + deletion.goes_along + ")";
  ASSIGN_OR_RETURN(
      const bool sure,
      Ask(flags, official::DeletionQuestion() + "\n- " + ToString(target) + with + "\n", context));
  if (!sure) return kExitOk;
  TRY(Delete(*kube, cluster.ns, deletion));
  context.io.out << official::Deleted(target.kind->type, target.name)
                 << (deletion.goes_along.empty() ? "" : " with " + deletion.goes_along) << std::endl;
  TRY(WaitGone(*kube, cluster.ns, cluster.name, timeout, context.io));
  return kExitOk;
}

Result<int> RemoveWorkers(const DownFlags& flags, const NamedCluster& cluster, CommandContext& context) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster found, FindCluster(*kube, cluster.ns, cluster.name));
  const std::vector<ScalePlan> plans = PlanRemovalOfWorkers(found.ray_cluster, flags.keep_min_workers);
  if (plans.empty()) {
    context.io.err << "There are no workers to remove." << std::endl;
    return kExitOk;
  }
  std::string rows;
  for (const ScalePlan& plan : plans) rows += "\n- " + plan.changes[0];
  ASSIGN_OR_RETURN(
      const bool sure,
      Ask(flags, "Remove the workers of Ray cluster \"" + cluster.name + "\"?" + rows + "\n", context));
  if (!sure) return kExitOk;
  for (const ScalePlan& plan : plans) {
    TRY(Scale(*kube, found, plan));
    context.io.out << "Scaled " << plan.changes[0] << std::endl;
  }
  context.io.err << "The head stays. `kubectl ray up FILE` makes the workers again." << std::endl;
  return kExitOk;
}

Result<int> Run(const DownFlags& flags, CommandContext& context) {
  TakeRaysLogFlags(flags.log, context.io);
  ASSIGN_OR_RETURN(const NamedCluster cluster, ResolveFileTarget(flags.file, flags.cluster_name, context));
  if (flags.workers_only || flags.keep_min_workers) return RemoveWorkers(flags, cluster, context);
  return DeleteCluster(flags, cluster, context);
}

}  // namespace

void Down(Leaf& leaf) {
  auto& flags = leaf.Flags<DownFlags>();
  AddFileArgument(leaf, &flags.file, "The cluster's file, or its name");
  AddClusterNameFlag(leaf, &flags.cluster_name);
  leaf.Flag("-y,--yes", &flags.yes, "Do it without being asked");
  leaf.Flag("--workers-only", &flags.workers_only, "Remove all workers and leave the head");
  leaf.Flag("--keep-min-workers", &flags.keep_min_workers,
            "Leave the head and the minimum of workers of each group; implies --workers-only");
  leaf.Flag("--timeout", &flags.timeout, "How long to wait until all pods are gone")->capture_default_str();
  AddRaysLogFlags(leaf, &flags.log);
  leaf.Example("Delete the cluster of a file, with the files and commands that were sent for it",
               "kubectl ray down cluster.yaml");
  leaf.Example("Only its workers", "kubectl ray down cluster.yaml --workers-only -y");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
