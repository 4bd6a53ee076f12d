#include "kubectl-ray/commands/agent_flags.h"

#include "kubectl-ray/manifests/agent_config_map.h"

namespace kubectl_ray {

CLI::Option* AddAgentImageFlag(Leaf& leaf, std::string* image) {
  return leaf.Flag("--agent-image", image, "Take ray-init-agent from this image instead of a ConfigMap");
}

shared::Result<AgentOptions> AgentFrom(const std::string& image, const std::string& others) {
  if (!image.empty()) {
    AgentOptions agent;
    agent.delivery = AgentOptions::Delivery::kImage;
    agent.image = image;
    return agent;
  }
  AgentOptions agent = EmbeddedAgentOptions();
  if (agent.sources.empty())
    return shared::Fail(shared::ErrorCode::kUsage,
                        "cannot put ray-init-agent into the pods: this build of kubectl-ray carries none",
                        "Use --agent-image IMAGE" + others + ".");
  return agent;
}

}  // namespace kubectl_ray
