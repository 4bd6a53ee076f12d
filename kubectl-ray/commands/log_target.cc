#include "kubectl-ray/commands/log_target.h"

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/logs/cloud_link.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

void AddLogTarget(Leaf& leaf, LogTarget* target, const std::string& out_dir_help) {
  AddTargetArgument(leaf, &target->target, TargetHelp())->required();
  leaf.Flag("--node-type", &target->node_type, "Which pods: head, worker or all")
      ->transform(OneOf({"all", "head", "worker"}))
      ->capture_default_str();
  leaf.Flag("--out-dir", &target->out_dir, out_dir_help);
  leaf.Flag("--link", &target->link, "Print a link to a cloud console's logs instead: gke")
      ->transform(OneOf({"gke"}));
}

shared::Result<Target> ReadLogTarget(const LogTarget& target) {
  if (!target.out_dir.empty() && !target.link.empty())
    return Fail(ErrorCode::kUsage, "--out-dir is incompatible with --link");
  return ParseTarget(target.target);
}

shared::Status FindLogTarget(CommandContext& context, const LogTarget& flags, const Target& target,
                             LogOptions* options) {
  options->node_type = flags.node_type == "all" ? "" : flags.node_type;
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(options->ns, context.Namespace());
  ASSIGN_OR_RETURN(options->cluster, ResolveCluster(*kube, options->ns, target));
  return shared::Ok();
}

shared::Result<int> PrintLogLink(CommandContext& context, const LogOptions& options) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  const CloudLink link = GkeLink(options, kube->access().context);
  context.io.err << official::WhichNodes(options.node_type) << '\n';
  if (!link.warning.empty()) context.io.err << link.warning << '\n';
  context.io.out << link.url << '\n';
  return kExitOk;
}

}  // namespace kubectl_ray
