#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {

void AddCreate(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("create", "Create Ray clusters and worker groups");
  app->group("Clusters");
  AddCreateCluster(*app, table);
  AddCreateWorkerGroup(*app, table);
}

}  // namespace kubectl_ray
