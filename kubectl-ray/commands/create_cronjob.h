// The flags of `create cronjob`.
#pragma once

#include <string>

#include "kubectl-ray/commands/new_ray_job.h"

namespace kubectl_ray {

struct CreateCronJobFlags {
  std::string name;
  std::string schedule;
  std::string time_zone;  // empty: the operator's own
  bool suspend = false;
  NewRayJobFlags job;
  std::string dry_run = "none";  // none, client, server
  std::string output;

  bool operator==(const CreateCronJobFlags&) const = default;
};

}  // namespace kubectl_ray
