// The flags that say what a cluster or a worker group shall be: the official plugin's, and ours.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/manifests/cluster_spec.h"

namespace kubectl_ray {

// As typed. Lists of KEY=VALUE pairs are read by SpecFromFlags.
struct PodFlags {
  std::vector<std::string> tolerations;
  std::vector<std::string> env;
  std::vector<std::string> volumes;
  std::vector<std::string> image_pull_secrets;
  std::string image_pull_policy;
  std::string priority_class;
  std::string service_account;
  std::string pod_template;
  std::string pod_security = "auto";
  std::string agent_image;
  std::string agent_metrics;  // a port; empty: none
  bool no_agent = false;

  bool operator==(const PodFlags&) const = default;
};

struct ClusterFlags {
  std::vector<std::string> labels;
  std::vector<std::string> annotations;
  std::string ray_version = kDefaultRayVersion;
  std::string image;
  PodResources head;
  std::vector<std::string> head_ray_start_params;
  std::vector<std::string> head_node_selectors;
  WorkerGroup worker;
  std::vector<std::string> worker_ray_start_params;
  std::vector<std::string> worker_node_selectors;
  std::string autoscaler;
  PodFlags pods;

  bool operator==(const ClusterFlags&) const = default;
};

void AddClusterFlags(Leaf& leaf, ClusterFlags* flags);
// Those that the official plugin has for a RayJob's cluster, and what a locked-down namespace may ask for,
// for `job submit`.
void AddRayJobClusterFlags(Leaf& leaf, ClusterFlags* flags);
// Only those of a worker group, for `create workergroup`.
void AddWorkerGroupFlags(Leaf& leaf, ClusterFlags* flags);

// The flags that were given and whose place is the configuration file.
std::vector<std::string> ClusterFlagsGiven(const CLI::App& app);

// One worker group, no name and no namespace. Without --image the image is $KUBECTL_RAY_IMAGE, else
// rayproject/ray:<ray version>; the agent's way is chosen. Reads files and inline YAML
// the flags name. kUsage.
shared::Result<ClusterSpec> SpecFromFlags(const ClusterFlags& flags, const Environment& environment);

// Warns on stderr of each preStop hook of a RayCluster's spec that runs `ray stop`.
void WarnOfStopHooks(const Json& ray_cluster_spec, Streams& io);

}  // namespace kubectl_ray
