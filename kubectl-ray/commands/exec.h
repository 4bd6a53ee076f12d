// The flags of `exec` and `attach`, and running a command in a pod as they do.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/commands/rays_flags.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

struct ExecFlags {
  std::string target;
  std::string command;  // as `ray exec FILE COMMAND` has it: a shell's line
  std::string container;
  std::string node_ip;
  std::string cluster_name;
  bool with_stdin = false;
  bool tty = false;
  bool start = false;
  bool new_session = false;
  RaysFlags rays;

  bool operator==(const ExecFlags&) const = default;
};

struct PodCommand {
  std::vector<std::string> command;  // not empty; no shell reads it
  std::string container;             // empty: Ray's
  bool with_stdin = false;
  bool tty = false;
};

// Runs the command in the pod, connected to this program's own streams. Its exit code.
shared::Result<int> RunInPod(const RayPod& pod, const PodCommand& command, CommandContext& context);

// Runs `up` for the file, without asking: --start. kUsage if the target is no file.
shared::Status StartCluster(const std::string& target, const std::string& cluster_name,
                            bool disable_usage_stats, CommandContext& context);

}  // namespace kubectl_ray
