// What `log` and `logs` have in common: whose logs, and a link to them.
#pragma once

#include <string>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/logs/log_options.h"

namespace kubectl_ray {

struct LogTarget {
  std::string target;
  std::string node_type = "all";
  std::string out_dir;
  std::string link;

  bool operator==(const LogTarget&) const = default;
};

// The argument TARGET, --node-type, --out-dir and --link. out_dir_help: what --out-dir means to the command.
void AddLogTarget(Leaf& leaf, LogTarget* target, const std::string& out_dir_help);

// The type and name that were typed. kUsage for --out-dir beside --link.
shared::Result<Target> ReadLogTarget(const LogTarget& target);

// Sets the cluster, its namespace and the node type; asks the API server for a job's or service's cluster.
shared::Status FindLogTarget(CommandContext& context, const LogTarget& flags, const Target& target,
                             LogOptions* options);

// Prints the link on stdout. An exit code.
shared::Result<int> PrintLogLink(CommandContext& context, const LogOptions& options);

}  // namespace kubectl_ray
