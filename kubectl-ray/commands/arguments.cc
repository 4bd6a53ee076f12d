#include "kubectl-ray/commands/arguments.h"

#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kinds/target.h"

namespace kubectl_ray {

CLI::Option* AddClusterArgument(Leaf& leaf, std::string* cluster, const std::string& help) {
  return leaf.Argument("CLUSTER", cluster, help, ClusterNames);
}

CLI::Option* AddTargetArgument(Leaf& leaf, std::string* target, const std::string& help) {
  leaf.JoinArguments(JoinTypeAndNames);
  return leaf.Argument("TARGET", target, help, TargetNames);
}

CLI::Option* AddTargetArgument(Leaf& leaf, std::vector<std::string>* targets, const std::string& help) {
  return leaf.Argument("TARGET", targets, help, TargetNames);
}

CLI::Option* AddWorkerGroupArgument(Leaf& leaf, std::string* group, const std::string& help) {
  return leaf.Argument("GROUP", group, help, WorkerGroupNames);
}

CLI::Option* AddClusterFlag(Leaf& leaf, ClusterFlag spelling, std::string* cluster, const std::string& help) {
  const char* names = spelling == ClusterFlag::kShort ? "-c,--ray-cluster" : "--cluster,--ray-cluster";
  return leaf.Flag(names, cluster, help, ClusterNames);
}

void AddPrintMadeFlags(Leaf& leaf, const std::string& dry_run_help, std::string* dry_run,
                       std::string* output) {
  leaf.app().add_flag("--dry-run{client}", *dry_run, dry_run_help);
  leaf.Flag("-o,--output", output, "Print what was made: yaml, json or name");
}

}  // namespace kubectl_ray
