// The flags of `job submit`.
#pragma once

#include <string>

#include "kubectl-ray/commands/job_flags.h"

namespace kubectl_ray {

struct SubmitFlags {
  DashboardAddress dashboard;
  JobFlags job;
  RayJobFlags ray_job;
  std::string cluster_timeout = "5m";
  std::string timeout;   // of this command; the job goes on
  std::string deadline;  // of the job, which is stopped then
  int retries = 0;
  bool no_wait = false;
  bool dry_run = false;
  bool preview = false;
  bool verbose = false;
  std::string log_style;  // taken for the official plugin's sake
  std::string log_color;

  bool operator==(const SubmitFlags&) const = default;
};

}  // namespace kubectl_ray
