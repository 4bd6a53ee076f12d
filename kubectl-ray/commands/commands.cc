#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {

void AddCommands(CLI::App& root, CommandTable& table) {
  AddCreate(root, table);
  AddGet(root, table);
  AddStatus(root, table);
  AddScale(root, table);
  AddSuspend(root, table);
  AddDelete(root, table);
  AddJob(root, table);
  AddRun(root, table);
  AddAttach(root, table);
  AddExec(root, table);
  AddLogs(root, table);
  AddLog(root, table);
  AddSession(root, table);
  AddVersion(root, table);
  AddCompletion(root, table);
  AddOptions(root, table);
}

}  // namespace kubectl_ray
