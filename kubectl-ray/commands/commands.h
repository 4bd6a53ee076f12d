// Every command of this program. One leaf command per file, named as it is typed: get_cluster.cc.
#pragma once

#include "kubectl-ray/cli/command.h"

namespace kubectl_ray {

// Fills `root` with all commands and `table` with their bodies.
void AddCommands(CLI::App& root, CommandTable& table);

// Each adds its leaf (or, for a noun with several verbs, its leaves) below `parent`.
void AddAttach(CLI::App& parent, CommandTable& table);
void AddExec(CLI::App& parent, CommandTable& table);
void AddLog(CLI::App& parent, CommandTable& table);
void AddLogs(CLI::App& parent, CommandTable& table);
void AddSession(CLI::App& parent, CommandTable& table);
void AddCreate(CLI::App& parent, CommandTable& table);
void AddCreateCluster(CLI::App& parent, CommandTable& table);
void AddDelete(CLI::App& parent, CommandTable& table);
void AddGet(CLI::App& parent, CommandTable& table);
void AddCreateWorkerGroup(CLI::App& parent, CommandTable& table);
void AddGetCluster(CLI::App& parent, CommandTable& table);
void AddGetJob(CLI::App& parent, CommandTable& table);
void AddGetNode(CLI::App& parent, CommandTable& table);
void AddGetToken(CLI::App& parent, CommandTable& table);
void AddGetWorkerGroup(CLI::App& parent, CommandTable& table);
void AddStatus(CLI::App& parent, CommandTable& table);
void AddScale(CLI::App& parent, CommandTable& table);
void AddSuspend(CLI::App& parent, CommandTable& table);
void AddVersion(CLI::App& parent, CommandTable& table);
void AddRun(CLI::App& parent, CommandTable& table);
void AddCompletion(CLI::App& parent, CommandTable& table);
void AddOptions(CLI::App& parent, CommandTable& table);
void AddJob(CLI::App& parent, CommandTable& table);
void AddJobSubmit(CLI::App& parent, CommandTable& table);
void AddJobList(CLI::App& parent, CommandTable& table);
void AddJobGet(CLI::App& parent, CommandTable& table);
void AddJobStatus(CLI::App& parent, CommandTable& table);
void AddJobLogs(CLI::App& parent, CommandTable& table);
void AddJobWatch(CLI::App& parent, CommandTable& table);
void AddJobStop(CLI::App& parent, CommandTable& table);
void AddJobDelete(CLI::App& parent, CommandTable& table);

}  // namespace kubectl_ray
