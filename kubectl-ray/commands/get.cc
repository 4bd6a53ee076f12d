#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {

void AddGet(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("get", "Show Ray clusters, worker groups, nodes and tokens");
  app->group("Clusters");
  app->alias("list");
  AddGetCluster(*app, table);
  AddGetWorkerGroup(*app, table);
  AddGetNode(*app, table);
  AddGetToken(*app, table);
  AddGetJob(*app, table);
}

}  // namespace kubectl_ray
