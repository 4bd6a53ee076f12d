// How ray-init-agent gets into pods, as every command that puts it there is asked.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/manifests/agent.h"

namespace kubectl_ray {

// --agent-image.
CLI::Option* AddAgentImageFlag(Leaf& leaf, std::string* image);

// An image if one is given, else the ConfigMaps of the agents in this program. kUsage if it carries none;
// `others` are the flags that the hint names beside --agent-image.
shared::Result<AgentOptions> AgentFrom(const std::string& image, const std::string& others = "");

}  // namespace kubectl_ray
