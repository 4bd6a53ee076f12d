// What `kubectl ray autoscaler` shows of a cluster: demands and why they wait, groups, idle nodes. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/autoscaler/explain.h"

namespace kubectl_ray {

struct ScalingInput {
  const shared::Json& ray_cluster;
  const std::vector<shared::Json>& pods;
  std::string refused = {};        // WhyPodsAreRefused (pods/pod_refusal.h)
  shared::Json report = {};        // the dashboard's /api/cluster_status?format=1
  shared::Json v1_state = {};      // its /api/cluster_status: v1's state with its time, of v2 null
  shared::Json node_summary = {};  // its /nodes?view=summary
  std::string ray_failure = {};    // why the dashboard was not asked or did not answer; empty: it did
  SystemTime now = {};
};

// A worker of whose resources nothing is in use.
struct IdleNode {
  std::string pod;    // or the node's address, if no pod has it
  std::string group;  // empty then

  bool operator==(const IdleNode&) const = default;
};

struct ScalingView {
  std::string name, ns;
  bool autoscaled = false;                  // false: nobody adds or removes nodes
  std::string version;                      // v1 or v2; empty if that is not known
  std::optional<std::int64_t> age_seconds;  // of Ray's part; nothing: it is not known
  std::string ray_failure;                  // as in the input, or that Ray has no report yet
  std::vector<ScalingGroup> groups;
  std::vector<ExplainedDemand> demands;
  std::vector<std::string> unread_demands;  // as in the report, not escaped
  std::vector<IdleNode> idle;
  std::int64_t idle_timeout_seconds = 0;  // the autoscaler removes a node that was idle for so long

  bool operator==(const ScalingView&) const = default;
};

ScalingView ReadScaling(const ScalingInput& input);

// Text, escaped; and JSON.
std::string RenderScaling(const ScalingView& view);
shared::Json ScalingToJson(const ScalingView& view);

}  // namespace kubectl_ray
