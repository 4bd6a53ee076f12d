// The flags of `submit`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/commands/rays_flags.h"

namespace kubectl_ray {

struct SubmitScriptFlags {
  std::string file;
  std::string script;
  std::vector<std::string> arguments;
  std::string cluster_name;
  std::string args;  // a shell's words, as `ray submit --args` has them
  bool start = false;
  RaysFlags rays;

  bool operator==(const SubmitScriptFlags&) const = default;
};

}  // namespace kubectl_ray
