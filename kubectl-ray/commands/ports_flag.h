// --ports of the commands that make a cluster from flags.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/manifests/port_plan.h"

namespace kubectl_ray {

void AddPortsFlag(Leaf& leaf, std::string* ports);

// Reads the plan of the preset or the file that was given; empty: none. "-" is stdin. kUsage.
shared::Result<std::optional<PortPlan>> ReadPortsFlag(const std::string& ports, CommandContext& context);

// Fixes the ports of `spec` by that plan (manifests/port_plan.h). kUsage.
shared::Status FixPortsByFlag(const std::string& ports, CommandContext& context, ClusterSpec* spec);

// Warns on stderr of a RayCluster whose autoscaler would not find its GCS.
void WarnOfMissedGcs(const Json& ray_cluster, Streams& io);

}  // namespace kubectl_ray
