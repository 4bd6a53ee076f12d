// How a container starts Ray, and the same start with ray-init-agent in Ray's place. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// A container's command and args; each is null or a list of strings.
struct ContainerCommand {
  shared::Json command;
  shared::Json args;

  bool operator==(const ContainerCommand&) const = default;
};

// Returns the words of command and args, as a container has them (what is no string is left out).
ContainerCommand CommandOf(const shared::Json& container);

// Whether the words run the agent already.
bool RunsAgent(const ContainerCommand& command);

// Whether the words run `ray start` themselves, by name or in a shell's script.
bool StartsRay(const ContainerCommand& command);

// Whether they do, or a script runs the command line that KubeRay generates ($KUBERAY_GEN_RAY_START_CMD).
bool RunsGeneratedStart(const ContainerCommand& command);

// The agent's start, and how its `health` is to be called in probes.
struct AgentStart {
  ContainerCommand command;
  // Flags by which `health` knows the node; nothing: no probe can know it, as the script decides.
  std::optional<std::vector<std::string>> health;
};

// Returns the words with each such start replaced by the agent's: options of `ray start` become --param, and
// the agent replaces the shell (exec) if nothing is to run after it. All else stays as it is written. Fails
// with kUsage and the reason if the words do more than the agent could stand in for: something runs beside a
// Ray that does not block, output goes through a pipe, an option is unknown to every Ray.
// REQUIRES: StartsRay() or RunsGeneratedStart().
shared::Result<AgentStart> WithAgentStart(const ContainerCommand& command);

// Returns what runs the user's own words first and then the agent, as KubeRay's operator runs them before its
// `ray start`: joined by spaces, in `/bin/bash -c --`, with `&&` (controllers/ray/common/pod.go, BuildPod).
AgentStart AgentAfter(const ContainerCommand& command);

}  // namespace kubectl_ray
