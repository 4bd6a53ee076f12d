#include "kubectl-ray/clusters/delete.h"
#include "kubectl-ray/cli/official_messages.h"

#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/delete.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

shared::Result<int> Run(const DeleteFlags& options, CommandContext& context) {
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  std::vector<Target> targets;
  for (const std::string& text : options.targets) {
    ASSIGN_OR_RETURN(Target target, ParseTarget(text));
    if (std::find(targets.begin(), targets.end(), target) == targets.end())
      targets.push_back(std::move(target));
  }
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  // All are looked up first: a wrong name among several deletes none.
  std::vector<Deletion> deletions;
  std::string listed;
  for (const Target& target : targets) {
    ASSIGN_OR_RETURN(Deletion deletion, FindDeletion(*kube, ns, target));
    listed +=
        "\n- " + ToString(target) + (deletion.goes_along.empty() ? "" : " (" + deletion.goes_along + ")");
    deletions.push_back(std::move(deletion));
  }
  if (!options.yes) {
    ASSIGN_OR_RETURN(const bool sure,
                     Confirm(context.io, context.interrupt, official::DeletionQuestion() + listed + "\n"));
    if (!sure) {
      context.io.err << official::CanceledDeletion() << std::endl;
      return kExitOk;
    }
  }
  for (const Deletion& deletion : deletions) {
    TRY(Delete(*kube, ns, deletion));
    context.io.out << official::Deleted(deletion.target.kind->type, deletion.target.name);
    context.io.out << (deletion.goes_along.empty() ? "" : " with " + deletion.goes_along) << std::endl;
  }
  if (options.wait)
    for (const Deletion& deletion : deletions)
      if (!deletion.cluster.empty()) TRY(WaitGone(*kube, ns, deletion.cluster, timeout, context.io));
  return kExitOk;
}

}  // namespace

void Delete(Leaf& leaf) {
  auto& flags = leaf.Flags<DeleteFlags>();
  AddTargetArgument(leaf, &flags.targets, TargetHelp() + "; several at once")->required();
  leaf.Flag("-y,--yes", &flags.yes, "Answer 'yes' to all prompts and run non-interactively");
  leaf.Flag("--wait", &flags.wait, "Return only when the pods are gone");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  leaf.Example("Delete Ray cluster", "kubectl ray delete sample-raycluster");
  leaf.Example("Delete RayJob and RayService, without being asked",
               "kubectl ray delete rayjob/sample-rayjob rayservice/sample-rayservice --yes");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
