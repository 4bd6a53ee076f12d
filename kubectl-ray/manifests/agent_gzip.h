// The agents as pods get them.
#pragma once

#include <string>

#include "kubectl-ray/manifests/agent_archive.h"

namespace kubectl_ray {

// Returns the static binary of one of EmbeddedAgents(), compressed by gzip: the same bytes on all systems.
// The sum at its end was taken when the plugin was built, so that whoever unpacks it finds out if the plugin
// is damaged. Takes a fifth of a second.
std::string AgentGzip(const AgentArchive& archive);

}  // namespace kubectl_ray
