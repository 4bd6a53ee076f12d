// The flags of `rollout status`.
#pragma once

#include <string>

#include "kubectl-ray/jobs/dashboard.h"

namespace kubectl_ray {

struct RolloutStatusFlags {
  std::string service;
  DashboardAddress dashboard;  // to look at a Serve that no object of Kubernetes leads to
  std::string output;
  std::string timeout = "0";
  bool watch = true;

  bool operator==(const RolloutStatusFlags&) const = default;
};

}  // namespace kubectl_ray
