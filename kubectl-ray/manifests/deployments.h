// Clusters without an operator: turns a RayCluster into Deployments and a Service, and back.
#pragma once

#include <vector>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/cluster_spec.h"

namespace kubectl_ray {

struct PlainCluster {
  Json head;                  // a Deployment; it owns the others
  Json service;               // the headless head Service
  std::vector<Json> workers;  // a Deployment for each worker group

  bool operator==(const PlainCluster&) const = default;
};

// Returns the objects that do what KubeRay's operator would do for `ray_cluster`, which comes from
// RayClusterFor(spec, Backend::kPlain). kUsage if the resource asks for what only the operator can do (an
// autoscaler, several hosts for a replica).
shared::Result<PlainCluster> DeploymentsFor(const Json& ray_cluster);

// Returns the Deployment of one worker group. `ray_cluster` is the cluster that it joins, from
// RayClusterOf().
shared::Result<Json> WorkerDeploymentFor(const Json& ray_cluster, const Json& worker_group_spec);

// Returns what an operator would show: a RayCluster with spec and status, made from existing Deployments.
// `head` must be a Deployment from DeploymentsFor().
Json RayClusterOf(const Json& head, const std::vector<Json>& workers);

// Returns whether this Deployment is the head of a cluster that we made.
bool IsPlainHead(const Json& deployment);

// Returns metadata.ownerReferences for objects that belong to `owner`, an object as the server returned it.
Json OwnerReferences(const Json& owner);

}  // namespace kubectl_ray
