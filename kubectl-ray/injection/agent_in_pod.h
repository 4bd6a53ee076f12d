// ray-init-agent in the pod template of another's manifest. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/injection/ray_templates.h"
#include "kubectl-ray/manifests/agent.h"
#include "shared/result.h"

namespace kubectl_ray {

// Annotations of a pod template that was injected: what was added, as names of fields (see record.h), and
// what was there before it in fields that had a value.
inline constexpr const char* kInjectedAnnotation = "kubectl.ray.io/injected";
inline constexpr const char* kReplacedAnnotation = "kubectl.ray.io/injected-over";

struct AgentChange {
  shared::Json changed;  // the template with the agent; null: it has the agent already, by other hands
  std::vector<std::string> notes;  // sentences about what a person should look at
};

// Returns the template as it is to be: the start of Ray is the agent's, after the user's own command; probes,
// the init container, volumes, mounts and variables that are not there yet are added; those of the user stay.
// `alike`: templates share parts by aliases, so that all of them get the same.
//
// Fails with kUsage and the reason, a clause about the container.
shared::Result<AgentChange> WithAgent(const shared::Json& pod_template, const RayTemplate& found, bool alike,
                                      const AgentOptions& agent);

}  // namespace kubectl_ray
