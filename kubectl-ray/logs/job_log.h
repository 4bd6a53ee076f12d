// A job's output out of the cluster's pods, where no dashboard serves it (any more).
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
  std::string cluster;        // whose pods may have it; empty: none
  std::string ray_job;        // the RayJob's name, or empty
  std::string submission_id;  // Ray's; empty: not known
};

// Reads it from the first of these that has it: the driver's file in a pod of the cluster that runs; the log
// of the container or pod by which KubeRay submitted the job; what ray-init-agent brought of the driver's
// file to the log of a pod that has ended. Each piece goes to on_bytes as it comes; false ends the reading
// (Ok). `last_lines`: only so many from the end. Blocks. kNotFound: no pod has it.
shared::Status ReadJobLog(const KubeClient& kube, const JobLogPlace& place,
                          std::optional<std::int64_t> last_lines,
                          const std::function<bool(std::string_view)>& on_bytes);

}  // namespace kubectl_ray
