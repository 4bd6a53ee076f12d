#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {

void AddJob(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("job", "Submit, follow and manage Ray jobs");
  app->group("Ray jobs");
  AddJobSubmit(*app, table);
  AddJobList(*app, table);
  AddJobGet(*app, table);
  AddJobStatus(*app, table);
  AddJobLogs(*app, table);
  AddJobWatch(*app, table);
  AddJobStop(*app, table);
  AddJobDelete(*app, table);
}

}  // namespace kubectl_ray
