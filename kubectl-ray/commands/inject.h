// The flags of `inject` and `uninject`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

struct InjectFlags {
  std::vector<std::string> files;
  std::vector<std::string> objects;  // TYPE/NAME
  std::string agent_image;
  std::string agent_metrics;         // a port; empty: none
  std::string config_map = "print";  // print, omit, only
  bool diff = false;
  bool yes = false;
  std::string dry_run = "none";  // none, client, server: of objects

  bool operator==(const InjectFlags&) const = default;
};

// Changes objects in the API server: says what each change does to pods, asks, and patches. `inject`: else
// the agent is taken out.
shared::Result<int> InjectObjects(const InjectFlags& flags, bool inject, CommandContext& context);

}  // namespace kubectl_ray
