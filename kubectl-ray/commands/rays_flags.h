// The flags that Ray's own `attach`, `exec` and `submit` have and that mean nothing for pods: each is refused
// with what does it here, rather than as unknown.
#pragma once

#include <string>

#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

struct RaysFlags {
  bool stop = false;
  bool screen = false;
  bool tmux = false;
  std::string port_forward;
  std::string run_env;

  bool operator==(const RaysFlags&) const = default;
};

void AddRaysFlags(Leaf& leaf, RaysFlags* flags);

// kUsage for one that asks for what will not happen. --run-env, which chooses between a machine and its
// container, is taken: a pod is both.
shared::Status CheckRaysFlags(const RaysFlags& flags);

}  // namespace kubectl_ray
