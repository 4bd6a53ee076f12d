// The flags of `delete`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/jobs/dashboard.h"

namespace kubectl_ray {

struct DeleteFlags {
  std::vector<std::string> targets;
  DashboardAddress dashboard;  // of the cluster whose applications the targets are; empty: they are objects
  bool all = false;            // of these applications
  bool yes = false;
  bool wait = false;
  std::string timeout = "5m";

  bool operator==(const DeleteFlags&) const = default;
};

}  // namespace kubectl_ray
