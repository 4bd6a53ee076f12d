#include "kubectl-ray/launcher/monitor.h"

#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/commands/rays_flags.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;

struct MonitorFlags {
  std::string file;
  std::string cluster_name;
  std::int64_t lines = 100;
  RaysLogFlags log;

  bool operator==(const MonitorFlags&) const = default;
};

shared::Result<int> Run(const MonitorFlags& flags, CommandContext& context) {
  if (flags.lines < 0) return shared::Fail(ErrorCode::kUsage, "--lines has to be 0 or more");
  TakeRaysLogFlags(flags.log, context.io);
  ASSIGN_OR_RETURN(const NamedCluster cluster, ResolveFileTarget(flags.file, flags.cluster_name, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  const shared::Status outcome =
      Monitor(*kube, {.ns = cluster.ns, .cluster = cluster.name, .lines = flags.lines}, &context.interrupt,
              context.io);
  if (!outcome && outcome.error().code == ErrorCode::kInterrupted) return kExitInterrupted;
  if (!outcome) return shared::Unexpected(outcome.error());
  return kExitOk;
}

}  // namespace

void Monitor(Leaf& leaf) {
  auto& flags = leaf.Flags<MonitorFlags>();
  AddFileArgument(leaf, &flags.file, "The cluster's file, or its name");
  AddClusterNameFlag(leaf, &flags.cluster_name);
  leaf.Flag("--lines", &flags.lines, "How much of what was said before")->capture_default_str();
  AddRaysLogFlags(leaf, &flags.log);
  leaf.Note(
      "Follows the log of Ray's autoscaler, and the events of the KubeRay operator, the scheduler and "
      "autoscalers of "
      "nodes about the cluster and its pods, until Ctrl-C.");
  leaf.Example("Why there are so many workers, or so few", "kubectl ray monitor cluster.yaml",
               "kubectl ray monitor demo");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
