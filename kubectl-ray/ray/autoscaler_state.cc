#include "kubectl-ray/ray/autoscaler_state.h"

#include <algorithm>
#include <sstream>

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

// The lines below a heading of `ray status`, which the dashboard serves as text: "Total Usage:", "Pending
// Demands:". Source: ray/autoscaler/v2/utils.py, ClusterStatusFormatter (2.52); before, "Usage:" and
// "Demands:".
std::vector<std::string> LinesBelow(const std::string& text, const std::vector<std::string>& headings) {
  std::vector<std::string> lines;
  bool inside = false;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(' ')) {
      inside = std::find(headings.begin(), headings.end(), line) != headings.end();
      continue;
    }
    line.erase(0, line.find_first_not_of(' '));
    if (inside && !line.empty() && !line.starts_with("(no")) lines.push_back(line.substr(0, 200));
  }
  return lines;
}

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
  const std::string text = StringAt(cluster_status, {"data", "clusterStatus"});
  view.usage = LinesBelow(text, {"Total Usage:", "Usage:"});
  view.demands = LinesBelow(text, {"Pending Demands:", "Demands:"});
  view.pending_nodes = LinesBelow(text, {"Pending:"});
  if (jobs.is_array())
    for (const Json& job : jobs) {
      const std::string status = StringAt(job, {"status"});
      if (status == "RUNNING" || status == "PENDING")
        view.jobs.push_back(StringAt(job, {"submission_id"}) + " " + status + " " +
                            StringAt(job, {"entrypoint"}).substr(0, 80));
    }
  return view;
}

}  // namespace kubectl_ray
