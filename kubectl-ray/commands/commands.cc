#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {

void AddCommands(CLI::App& root, CommandTable& table) {
  AddVersion(root, table);
  AddJob(root, table);
}

}  // namespace kubectl_ray
