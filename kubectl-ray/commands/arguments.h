// The words that more than one command takes: one name, one meaning and one source of names for each.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

// CLUSTER: a Ray cluster of either kind by its name. `help`: which part it plays.
CLI::Option* AddClusterArgument(Leaf& leaf, std::string* cluster, const std::string& help);

// TARGET: a Ray cluster by its name, or what has one: TYPE/NAME, and TYPE NAME if it is the command's only
// argument. `help`: which part it plays.
CLI::Option* AddTargetArgument(Leaf& leaf, std::string* target, const std::string& help);
CLI::Option* AddTargetArgument(Leaf& leaf, std::vector<std::string>* targets, const std::string& help);

// GROUP: a worker group by its name.
CLI::Option* AddWorkerGroupArgument(Leaf& leaf, std::string* group, const std::string& help);

// The flag for a Ray cluster's name. Everywhere it is --ray-cluster, as in the official plugin.
enum class ClusterFlag {
  kShort,        // -c,--ray-cluster
  kLikeRaysOwn,  // --cluster too, where nobody means the kubeconfig's cluster: commands about jobs
};
CLI::Option* AddClusterFlag(Leaf& leaf, ClusterFlag spelling, std::string* cluster, const std::string& help);

// --dry-run[=server] and -o of what makes objects. `dry_run_help` says what is printed in place of it, and
// what the API server judges.
void AddPrintMadeFlags(Leaf& leaf, const std::string& dry_run_help, std::string* dry_run,
                       std::string* output);

}  // namespace kubectl_ray
