#include "kubectl-ray/commands/change_operator.h"

namespace kubectl_ray {

void OperatorInstall(Leaf& leaf) {
  auto& flags = leaf.Flags<ChangeOperatorFlags>();
  leaf.Flag("--namespaced", &flags.namespaced,
            "Let it look after its own namespace alone, with rights in that alone");
  AddChangeOperatorFlags(leaf, &flags);
  leaf.Note(
      "It goes into the namespace of -n, else to where it is, else into kuberay-operator; with --namespaced "
      "into "
      "the kubeconfig's. All that is sent comes with this program: nothing is fetched but the image, by the "
      "nodes.");
  leaf.Example("Show what would be done, then do it", "kubectl ray operator install --dry-run=server",
               "kubectl ray operator install --wait");
  leaf.Example("In a namespace of one's own: what an administrator has to apply, and what is left to do",
               "kubectl ray operator install --namespaced --part admin --dry-run >admin.yaml",
               "kubectl ray operator install --namespaced --part user --wait");
  leaf.Run(
      [&flags](CommandContext& context) { return ChangeOperator(flags, OperatorChange::kInstall, context); });
}

}  // namespace kubectl_ray
