#include "kubectl-ray/commands/change_operator.h"

namespace kubectl_ray {

void OperatorUpgrade(Leaf& leaf) {
  auto& flags = leaf.Flags<ChangeOperatorFlags>();
  AddChangeOperatorFlags(leaf, &flags);
  leaf.Note(
      "Its selector, flags, environment, resources and probes stay as they are. It looks first for what may "
      "go wrong: "
      "feature gates that the release does not know, old stored versions, fields that it does not know, "
      "RayServices whose clusters it changes. An older release may be given, too.");
  leaf.Example("Show what would be done, then do it", "kubectl ray operator upgrade --dry-run=server",
               "kubectl ray operator upgrade --wait");
  leaf.Run(
      [&flags](CommandContext& context) { return ChangeOperator(flags, OperatorChange::kUpgrade, context); });
}

}  // namespace kubectl_ray
