// The ConfigMap that brings ray-init-agent into a namespace.
#pragma once

#include <string>

#include "kubectl-ray/manifests/agent_archive.h"
#include "shared/json.h"

namespace kubectl_ray {

// ray-init-agent-ARCHITECTURE-<first 12 hex digits of the archive's SHA-256>: a name is one content for ever.
std::string AgentConfigMapName(const AgentArchive& archive);

// Immutable, binaryData "ray-init-agent.gz". Shared by all clusters of the namespace, so nobody owns it.
shared::Json AgentConfigMap(const AgentArchive& archive, std::string_view ns);

}  // namespace kubectl_ray
