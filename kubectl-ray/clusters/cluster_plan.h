// What is sent to make a cluster. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/cluster_spec.h"
#include "kubectl-ray/manifests/deployments.h"

namespace kubectl_ray {

struct ClusterPlan {
  Backend backend = Backend::kOperator;
  Json ray_cluster;            // sent with kOperator; with kPlain what `plain` was made of
  PlainCluster plain;          // sent with kPlain
  std::vector<Json> policies;  // NetworkPolicies, sent before the cluster

  bool operator==(const ClusterPlan&) const = default;
};

// `assignments` are PATH=VALUE, applied to the RayCluster of `spec` for either backend. kUsage: one cannot be
// applied, or the cluster asks for what only the operator does.
shared::Result<ClusterPlan> PlanCluster(const ClusterSpec& spec, const std::vector<std::string>& assignments,
                                        Backend backend);

// The objects that are sent, in that order.
std::vector<Json> ObjectsOf(const ClusterPlan& plan);

}  // namespace kubectl_ray
