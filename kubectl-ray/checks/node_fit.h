// Whether nodes take pods, by the rules of the scheduler that decide it most often. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/checks/pod_demand.h"
#include "shared/json.h"

namespace kubectl_ray {

// Returns why a node takes no pod of this spec whatever is free on it, as a clause ("has no label
// accelerator=a100"); empty if it may take one. Looks at: unschedulable, Ready, nodeSelector, the required
// node affinity, taints, and allocatable. Source: kube-scheduler's plugins NodeAffinity, TaintToleration,
// NodeUnschedulable, NodeResourcesFit.
std::string WhyNodeRefuses(const shared::Json& node, const shared::Json& pod_spec);

// What nodes have left.
class NodeRoom {
 public:
  // `pods` are those of all namespaces; what they request is not free. `nodes` must outlive it.
  NodeRoom(const std::vector<shared::Json>& nodes, const std::vector<shared::Json>& pods);

  // Takes the room of `count` pods of this spec, on the first nodes that have it. Returns what is missing as
  // a clause ("0 find a node: 2 nodes have no label a=b, 1 has not enough cpu free"), or an empty string.
  std::string Place(const shared::Json& pod_spec, std::int64_t count);

 private:
  struct Node {
    const shared::Json* object;
    Amounts used;
  };
  std::vector<Node> nodes_;
};

}  // namespace kubectl_ray
