// Why what waits for resources still waits: demands × groups × pods → for each demand the first reason of the
// chain between Ray and a node that has joined. Pure.
// Source: ray/autoscaler/v2/scheduler.py and ray/autoscaler/v2/instance_manager/cloud_providers/kuberay
// (2.60); controllers/ray/raycluster_controller.go of KubeRay 1.7.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/formats/time.h"
#include "kubectl-ray/ray/autoscaler_report.h"
#include "shared/json.h"

namespace kubectl_ray {

// The chain. Of several groups that could hold a demand, the one that is nearest to its end counts.
enum class WaitCause {
  kInfeasible,      // no group's node could hold it
  kHeadOnly,        // only the head could, and it has no room
  kUndeclared,      // nodes of a group could: the autoscaler does not know that new ones have the label
  kSuspended,       // the group is suspended
  kNoAutoscaler,    // nobody adds nodes
  kMaxReplicas,     // the group may not grow
  kNotAsked,        // the autoscaler has not asked for a node
  kLaunchFailed,    // it has, and that failed
  kLaunching,       // it has, and the RayCluster does not show it yet
  kPodNotMade,      // the RayCluster has its replicas, and there is no pod: a quota, Pod Security
  kPodUnscheduled,  // no place for the pod
  kImage,           // its image cannot be had
  kPodFailing,      // its containers end again and again
  kJoining,         // it starts
  kMet,             // of request_resources(): the cluster has that
};
// The word of `-o json`: "Infeasible", "MaxReplicas", "PodNotMade".
const char* WaitCauseName(WaitCause cause);

// What is known of a cluster. Views: what they point to must outlive it.
struct ScalingFacts {
  const shared::Json& ray_cluster;  // or what stands for one of Deployments (clusters/clusters.h)
  const std::vector<shared::Json>& pods;
  const AutoscalerReport& report;
  std::string refused = {};  // why pods are refused (pods/pod_refusal.h), or empty
};

// A group of workers, and what stands between it and one more node that is ready.
struct ScalingGroup {
  std::string name;
  ResourceShape node;  // what each of its nodes has
  NodeLabels labels;   // those that the RayCluster gives its nodes, by `labels`
  NodeLabels seen;     // beside those what rayStartParams say, what all its living nodes have, and its name
  std::int64_t min = 0, replicas = 0, max = 0;
  std::int64_t wanted = 0, made = 0, ready = 0;  // pods
  WaitCause cause = WaitCause::kNotAsked;
  std::string why;      // a clause, not escaped
  std::string way_out;  // a sentence, or empty

  bool operator==(const ScalingGroup&) const = default;
};

struct ExplainedDemand {
  ReportedDemand demand;
  std::vector<std::string> groups;  // that could hold it, or part of it
  WaitCause cause = WaitCause::kInfeasible;
  std::string why;      // a clause, not escaped
  std::string way_out;  // a sentence, or empty

  bool operator==(const ExplainedDemand&) const = default;
};

bool HasAutoscaler(const shared::Json& ray_cluster);

std::vector<ScalingGroup> ScalingGroups(const ScalingFacts& facts);

// In the order of the report.
std::vector<ExplainedDemand> ExplainDemands(const ScalingFacts& facts,
                                            const std::vector<ScalingGroup>& groups);

// Returns "4+ tasks or actors of CPU: 1", "1 placement group (PACK) of 2 × GPU: 1", "1 task or actor of CPU:
// 1 on a node with zone=a".
std::string ToString(const ReportedDemand& demand);

}  // namespace kubectl_ray
