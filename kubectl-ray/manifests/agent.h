// ray-init-agent in a pod: how it gets there, and what it changes there. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kinds/backend.h"
#include "shared/json.h"

namespace kubectl_ray {

// The path of the agent in the pods whose entrypoint it is.
inline constexpr const char* kAgentProgram = "/ray-init-agent/ray-init-agent";
// A shell script beside it, for the variable BASH_ENV of a container that is not the agent's own.
inline constexpr const char* kAgentBashEnv = "/ray-init-agent/bash_env";

// A ConfigMap with the agent's archive (see agent_config_map.h).
struct AgentSource {
  std::string config_map;
  std::string architecture;  // Kubernetes' word: amd64, arm64

  bool operator==(const AgentSource&) const = default;
};

// How ray-init-agent gets into the pods.
struct AgentOptions {
  enum class Delivery {
    kConfigMap,  // an init container unpacks it from one of `sources`
    kImage,      // an init container of `image` copies it
    kNone,       // the pods run `ray start` from a shell, as KubeRay has it
  };
  Delivery delivery = Delivery::kConfigMap;
  int metrics_port = 0;  // at which it serves its own metrics; 0: nowhere (kinds/agent_port.h)
  std::string image;
  std::vector<AgentSource> sources;  // one for each architecture

  bool operator==(const AgentOptions&) const = default;
};

// Has the first container of a PodSpec, which is Ray's, run under the agent: its command, its probes, the
// init container that brings the agent, and their volumes. The init container has the image pull policy of
// Ray's container and, without an image of its own, its image. With kNone the container keeps its command,
// and its last log lines become its termination message.
void PutAgent(shared::Json& pod_spec, const AgentOptions& agent);

// Does the same to a PodTemplateSpec of a RayCluster's group. For kOperator it has KubeRay leave the
// container's command alone, and a worker's wait-gcs-ready container use the agent.
void PutAgentInTemplate(shared::Json& pod_template, bool head, Backend backend, const AgentOptions& agent);

// Settles what follows from the rest of a PodSpec once all that the user asked for is in it; what is set
// stays.
// - The agent's init container runs as the user of Ray's container, and has its CPU and memory. That costs
//   nothing, because init containers run before it (a pod asks for the larger of both), and fits any
//   LimitRange that Ray's container fits: minimum, maximum and maxLimitRequestRatio.
// - A container that runs under the agent gets an environment variable for a terminationGracePeriodSeconds
//   that is not the agent's default, so that a drain uses all of it: the downward API does not offer the
//   field.
void SettleAgent(shared::Json& pod_spec);

}  // namespace kubectl_ray
