// What the agents of Ray's pods have measured, without a dashboard: each is asked through a port-forward.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kubectl-ray/kube/port_forward.h"
#include "kubectl-ray/ray/node_samples.h"
#include "shared/interrupt.h"

namespace kubectl_ray {

struct AgentAnswers {
  std::vector<NodeSample> samples;            // `instance` is the pod's name
  std::map<std::string, std::string> unread;  // by the pod's name why there is none, a clause; not escaped

  bool operator==(const AgentAnswers&) const = default;
};

// Asks the agents at the ports at which they serve Prometheus, many at a time. A port of 0 is not known.
// Blocks for ten seconds for one agent, and for half a minute for all of them, at most. If the API server
// forbids the first forwarded port, the other agents are not asked. kInterrupted is the only error.
shared::Result<AgentAnswers> AskAgents(const KubeClient& kube, const std::vector<PodPort>& agents,
                                       const shared::Interrupt& interrupt);

}  // namespace kubectl_ray
