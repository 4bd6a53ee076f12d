#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {

void AddVersion(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("version", "Print the versions of this plugin and what it talks to");
  app->group("Other commands");
  table.Add(app, [](CommandContext& context) -> shared::Result<int> {
    context.io.out << "kubectl ray plugin version: v" << RAY_VERSION << '\n';
    return kExitOk;
  });
}

}  // namespace kubectl_ray
