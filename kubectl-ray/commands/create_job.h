// The flags of `create job`.
#pragma once

#include <string>

#include "kubectl-ray/commands/new_ray_job.h"

namespace kubectl_ray {

struct CreateJobFlags {
  std::string name;
  std::string from;
  NewRayJobFlags job;
  std::string dry_run = "none";  // none, client, server
  std::string output;

  bool operator==(const CreateJobFlags&) const = default;
};

}  // namespace kubectl_ray
