// The port at which ray-init-agent answers for itself in a pod: its own metrics, and httpGet probes. It is
// off unless the container says otherwise. Pure. Source: ray-init-agent/options.cc (--health-port).
#pragma once

#include "shared/json.h"

namespace kubectl_ray {

// What --agent-metrics opens unless it names another number. None of Ray's own, of --ports fixed and of the
// ports of worker processes.
inline constexpr int kAgentPort = 8081;
// How a container declares it.
inline constexpr const char* kAgentPortName = "agent-metrics";
inline constexpr const char* kAgentPortVariable = "RAY_INIT_AGENT_HEALTH_PORT";

// Returns the port that a container's words (--health-port=N, or --health-port N, which come first) or its
// variable open; 0: none, or one that cannot be known (a variable from elsewhere, a script).
int AgentPort(const shared::Json& container);

// Has a container whose agent port is open declare it, so that a Prometheus finds it by its name. One that
// declares no port at all is left alone: KubeRay's Service of a head has Ray's own ports only then.
void DeclareAgentPort(shared::Json* container);

}  // namespace kubectl_ray
