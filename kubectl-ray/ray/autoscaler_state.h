// What Ray itself says of its cluster: nodes, what is used and what is waited for, jobs. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "kubectl-ray/ray/autoscaler_report.h"
#include "shared/json.h"

namespace kubectl_ray {

struct RayView {
  std::int64_t alive = 0, dead = 0;  // nodes
  std::set<std::string> lost;        // addresses of dead nodes that no living node has
  AutoscalerReport scaling;          // what is used and what is waited for
  std::vector<std::string> jobs;     // those that are not over: "raysubmit_x RUNNING python pi.py"

  bool operator==(const RayView&) const = default;
};

// From the dashboard's answers to /api/cluster_status?format=1, /nodes?view=summary and /api/jobs/; null:
// there is none. Texts are bounded, and not escaped for a terminal.
RayView ReadRayView(const shared::Json& cluster_status, const shared::Json& node_summary,
                    const shared::Json& jobs);

}  // namespace kubectl_ray
