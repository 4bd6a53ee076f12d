// How ray-init-agent gets into pods, as every command that puts it there is asked.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/manifests/agent.h"

namespace kubectl_ray {

// --agent-image.
CLI::Option* AddAgentImageFlag(Leaf& leaf, std::string* image);

// --agent-metrics[=PORT].
CLI::Option* AddAgentMetricsFlag(Leaf& leaf, std::string* port);

// An image if one is given, else the ConfigMaps of the agents in this program. kUsage if it carries none;
// `others` are the flags that the hint names beside --agent-image.
// `metrics_port`: of --agent-metrics; kUsage if it is no port from 1024 to 65535.
shared::Result<AgentOptions> AgentFrom(const std::string& image, const std::string& metrics_port,
                                       const std::string& others = "");

}  // namespace kubectl_ray
