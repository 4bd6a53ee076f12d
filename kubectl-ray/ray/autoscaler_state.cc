#include "kubectl-ray/ray/autoscaler_state.h"

#include <utility>

#include "kubectl-ray/ray/entrypoint.h"

namespace kubectl_ray {
namespace {

constexpr std::size_t kEntrypointWidth = 80;

using shared::At;
using shared::Json;
using shared::StringAt;

void ReadNodes(const Json& nodes, RayView* view) {
  std::set<std::string> living;
  for (const Json& node : nodes) {
    const bool dead = StringAt(node, {"raylet", "state"}) == "DEAD";
    ++(dead ? view->dead : view->alive);
    if (std::string address = StringAt(node, {"raylet", "nodeManagerAddress"}); !address.empty())
      (dead ? view->lost : living).insert(std::move(address));
  }
  // A pod may have run Ray more than once.
  for (const std::string& address : living) view->lost.erase(address);
}

}  // namespace

RayView ReadRayView(const Json& cluster_status, const Json& node_summary, const Json& jobs) {
  RayView view;
  const Json& nodes = At(node_summary, {"data", "summary"});
  if (nodes.is_array()) ReadNodes(nodes, &view);
  view.scaling = ReadAutoscalerReport(StringAt(cluster_status, {"data", "clusterStatus"}));
  if (jobs.is_array())
    for (const Json& job : jobs) {
      const std::string status = StringAt(job, {"status"});
      if (status == "RUNNING" || status == "PENDING")
        // A driver that was not submitted has Ray's own id alone.
        view.jobs.push_back(StringAt(job, {"submission_id"}, StringAt(job, {"job_id"})) + " " + status + " " +
                            EntrypointInOneLine(StringAt(job, {"entrypoint"}), kEntrypointWidth));
    }
  return view;
}

}  // namespace kubectl_ray
