// What the commands that make a cluster, or what has one, share: `create cluster`, `create service`,
// `create job`, `create cronjob`.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/commands/cluster_flags.h"
#include "kubectl-ray/kinds/kinds.h"

namespace kubectl_ray {

// Returns the cluster of the flags or, if `file` is not empty, of that configuration file ("-": stdin), under
// `name` and in the namespace of both. `given`: ClusterFlagsGiven(), which --file does not go with. kUsage.
shared::Result<ClusterSpec> SpecOfNew(const ClusterFlags& flags, const std::string& file,
                                      const std::string& name, const std::vector<std::string>& given,
                                      CommandContext& context);

// Returns the API server, which serves the kind; nullptr: no such server answers, and a dry run on the
// client's side, which does without, prints a note. kNotFound: it does not serve the kind.
shared::Result<const KubeClient*> ServerOf(CommandContext& context, const Kind& kind,
                                           const std::string& dry_run);

// kUsage: the operator would refuse the new object, which it reports in an event alone. Prints a warning on
// `err` for each rule that a feature gate lifts.
shared::Status CheckNewObject(const Json& object, std::ostream& err);

// Adds --dry-run and --output, which PrintNew() takes. The strings must outlive `leaf`.
void AddPrintNewFlags(Leaf& leaf, std::string* dry_run, std::string* output);

// Prints what a dry run ("client" or "server") would send, with the agent's ConfigMaps if `spec` wants them;
// on a terminal without their megabyte, which would push all else off the screen.
void PrintNew(const ClusterSpec& spec, std::vector<Json> objects, const std::string& output,
              const std::string& dry_run, CommandContext& context);

}  // namespace kubectl_ray
