// The flags of `job list` and `job get`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/commands/job_flags.h"

namespace kubectl_ray {

struct JobListFlags {
  DashboardAddress dashboard;
  std::string job;  // of `get`; empty: all
  std::string output;
  std::vector<std::string> statuses;
  std::string since;  // started at most so long ago
  bool watch = false;

  bool operator==(const JobListFlags&) const = default;
};

}  // namespace kubectl_ray
