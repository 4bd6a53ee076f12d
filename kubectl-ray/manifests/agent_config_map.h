// The ConfigMap that brings ray-init-agent into a namespace.
#pragma once

#include <string>

#include "kubectl-ray/manifests/agent.h"
#include "kubectl-ray/manifests/agent_archive.h"
#include "shared/json.h"

namespace kubectl_ray {

// Returns ray-init-agent-ARCHITECTURE-<first 12 hex digits of the program's SHA-256>, so that a name always
// means the same content.
std::string AgentConfigMapName(const AgentArchive& archive);

// Returns how the agents that this program carries get into pods: each from its ConfigMap.
AgentOptions EmbeddedAgentOptions();

// Returns an immutable ConfigMap with binaryData "ray-init-agent.gz". It has no owner, because all clusters
// of the namespace share it. Takes a fifth of a second, in which the agent is packed.
shared::Json AgentConfigMap(const AgentArchive& archive, std::string_view ns);

}  // namespace kubectl_ray
