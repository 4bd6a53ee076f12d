// The names of what is in the cluster, for shell completion (cli/names.h). Each function asks all of its
// lists at the same time and returns at most 1000 names; a list that fails or may not be read adds none.
#pragma once

#include <set>
#include <string>

#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// Clusters of either backend.
std::set<std::string> ClusterNames(const KubeClient& kube, const std::string& ns);

// What ParseTarget accepts: a cluster's bare name, and TYPE/NAME for an object of each kind that has a
// cluster.
std::set<std::string> TargetNames(const KubeClient& kube, const std::string& ns);

// TYPE/NAME of what has a pod template: objects of each kind, and Deployments.
std::set<std::string> WorkloadNames(const KubeClient& kube, const std::string& ns);

// "rayjob/NAME", as the commands about one job accept it.
std::set<std::string> RayJobTargetNames(const KubeClient& kube, const std::string& ns);

// Bare names of the objects of one kind, as its `get` accepts them.
std::set<std::string> NamesOfKind(const Kind& kind, const KubeClient& kube, const std::string& ns);

// Worker groups of clusters of either backend.
std::set<std::string> WorkerGroupNames(const KubeClient& kube, const std::string& ns);

// Pods of Ray nodes.
std::set<std::string> RayPodNames(const KubeClient& kube, const std::string& ns);

}  // namespace kubectl_ray
