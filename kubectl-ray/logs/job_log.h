// Reads a job's output from the cluster's pods, for when no dashboard serves it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct JobLogPlace {
  std::string ns;
  std::string cluster;        // the cluster whose pods may have it, or empty
  std::string ray_job;        // the RayJob's name, or empty
  std::string submission_id;  // Ray's; empty if it is not known
};

// Reads the output from the first of these that has it: the driver's file in a running pod of the cluster;
// the log of the container or pod by which KubeRay submitted the job; what ray-init-agent copied of the
// driver's file to the log of a pod that has ended. Each piece goes to on_bytes as it comes, until that
// returns false (Ok). With `last_lines`, only so many lines from the end. Blocks. kNotFound if no pod has it.
shared::Status ReadJobLog(const KubeClient& kube, const JobLogPlace& place,
                          std::optional<std::int64_t> last_lines,
                          const std::function<bool(std::string_view)>& on_bytes);

}  // namespace kubectl_ray
