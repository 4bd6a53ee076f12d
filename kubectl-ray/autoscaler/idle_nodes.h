// Which workers do nothing, since when, and what becomes of them. Pure.
// Source: _enforce_idle_termination in ray/autoscaler/v2/scheduler.py (2.60).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/autoscaler/explain.h"
#include "kubectl-ray/ray/gcs_status.h"

namespace kubectl_ray {

// A worker of whose resources nothing is in use.
struct IdleNode {
  std::string pod;                           // or the node's address, if no pod has it
  std::string group;                         // empty if that is not known
  std::optional<std::int64_t> idle_seconds;  // nothing: only the GCS knows it
  std::int64_t timeout_seconds = 0;          // of its group, else of the autoscaler
  bool kept = false;                         // its group has no more than its minReplicas

  bool operator==(const IdleNode&) const = default;
};

// A worker of whose resources nothing is in use, and which Ray does not count as idle.
struct HeldNode {
  std::string pod, group;
  std::string why;  // in Ray's words

  bool operator==(const HeldNode&) const = default;
};

// Return the idle workers, those that are idle for longest first, by what the GCS reports, or by the
// dashboard's /nodes?view=summary.
std::vector<IdleNode> IdleNodesOf(const GcsStatus& gcs, const std::vector<shared::Json>& pods);
std::vector<IdleNode> IdleNodesOf(const shared::Json& node_summary, const std::vector<shared::Json>& pods);

std::vector<HeldNode> HeldNodesOf(const GcsStatus& gcs, const std::vector<shared::Json>& pods);

// Fills timeout_seconds and kept. Of a group's nodes, as many go as it has above its minReplicas, in the
// order given.
void AddFates(const shared::Json& ray_cluster, const std::vector<ScalingGroup>& groups,
              std::vector<IdleNode>* idle);

// Returns a clause: "idle for 45s, goes in 15s"; "idle for 5m12s, stays: its group has minReplicas". It names
// no going if nobody removes nodes.
std::string ToString(const IdleNode& node, bool autoscaled);

}  // namespace kubectl_ray
