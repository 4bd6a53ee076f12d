#include "kubectl-ray/commands/agent_flags.h"

#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/manifests/agent_config_map.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

shared::Result<int> ReadMetricsPort(const std::string& text) {
  if (text.empty()) return 0;
  const std::optional<int> port = ParsePort(text);
  if (port && *port >= 1024) return *port;
  return shared::Fail(shared::ErrorCode::kUsage,
                      "cannot serve ray-init-agent's metrics at \"" +
                          shared::EscapeControl(text.substr(0, 80)) + "\": it is no port from 1024 to 65535",
                      "Write --agent-metrics, or --agent-metrics=PORT.");
}

}  // namespace

CLI::Option* AddAgentImageFlag(Leaf& leaf, std::string* image) {
  return leaf.Flag("--agent-image", image, "Take ray-init-agent from this image instead of a ConfigMap");
}

CLI::Option* AddAgentMetricsFlag(Leaf& leaf, std::string* port) {
  const std::string number = std::to_string(kAgentPort);
  return leaf.app().add_flag("--agent-metrics{" + number + "}", *port,
                             "Have ray-init-agent serve its own metrics, and httpGet probes, at port " +
                                 number + " of each pod; =PORT: at another one");
}

shared::Result<AgentOptions> AgentFrom(const std::string& image, const std::string& metrics_port,
                                       const std::string& others) {
  AgentOptions agent = EmbeddedAgentOptions();
  ASSIGN_OR_RETURN(agent.metrics_port, ReadMetricsPort(metrics_port));
  if (!image.empty()) {
    agent.delivery = AgentOptions::Delivery::kImage;
    agent.image = image;
    agent.sources.clear();
    return agent;
  }
  if (agent.sources.empty())
    return shared::Fail(shared::ErrorCode::kUsage,
                        "cannot put ray-init-agent into the pods: this build of kubectl-ray carries none",
                        "Use --agent-image IMAGE" + others + ".");
  return agent;
}

}  // namespace kubectl_ray
