// Fixed numbers for all ports of a cluster's head and workers (`create cluster --ports`), and what is wrong
// with ports whoever chose them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/manifests/cluster_spec.h"

namespace kubectl_ray {

// TCP ports. Those that Ray chooses by chance unless they are named have a number here as well.
struct PortPlan {
  int gcs = kGcsPort;
  int client = kClientPort;
  int dashboard = kDashboardPort;
  int dashboard_agent = kDashboardAgentPort;
  int metrics = kMetricsPort;
  int serve = kServePort;
  int node_manager = 7001;
  int object_manager = 7002;
  int runtime_env_agent = 7003;
  int dashboard_agent_grpc = 7004;
  int first_worker = kFirstWorkerPort;
  int last_worker = 0;  // 0: as many as WorkerPortsFor() says

  bool operator==(const PortPlan&) const = default;
};

// Reads a YAML file's text: a map of the names above with dashes to numbers, and `workers` to FIRST or
// FIRST-LAST. What it does not name keeps its number. `name` is for messages. kUsage names line and column.
shared::Result<PortPlan> ParsePortPlan(std::string_view name, std::string_view text);

// Writes the ports into the rayStartParams of all groups, except for what they name already. kUsage if two of
// the ports are one, if one lies among the workers' or among those that Ray takes by itself, or if the
// workers have fewer than a group's CPUs need.
shared::Status FixPorts(const PortPlan& plan, ClusterSpec* spec);

// The same for a RayCluster that somebody wrote. The first container of the head declares the ports that are
// known by a name, and those of the workers that of metrics, because KubeRay's Services go by that.
// REQUIRES: each group has a container.
shared::Status FixPorts(const PortPlan& plan, Json* ray_cluster);

// Gives a new group the ports that the head of its cluster has fixed on every node, except for what it names.
void FollowFixedPorts(const Json& ray_cluster, WorkerGroup* group);

// Returns how many ports the workers of a node with so many CPUs get: ten for each, because an actor takes no
// CPU once it runs, and at least 200.
std::int64_t WorkerPortsFor(std::int64_t cpus);

// Returns what is wrong with the range of the workers' ports in `params`: worker processes and a driver take
// one each, and with too few of them tasks hang without a word (ray#28071). Empty if it is enough. `who` is
// for the message.
std::string TooFewWorkerPorts(const StringMap& params, const std::string& who, std::int64_t cpus);

// Returns which of Ray's ports in the pods of a group (headGroupSpec, or one of workerGroupSpecs)
// ray-init-agent's own port is as well, so that it would not start Ray; empty if it is none of them, or off.
// `who` is for the message.
std::string AgentPortClash(const Json& group, const std::string& who, bool head);

// kUsage with the first of those of a RayCluster's `spec`.
shared::Status CheckAgentPorts(const Json& ray_cluster_spec);

// Returns that the autoscaler of this RayCluster does not find its GCS, because it dials 6379 up to Ray 2.54;
// empty if it does, or there is none.
std::string AutoscalerMissesGcs(const Json& ray_cluster);

}  // namespace kubectl_ray
