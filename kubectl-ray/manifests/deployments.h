// Clusters without an operator: a RayCluster's meaning as Deployments and a Service, there and back.
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

// The objects KubeRay's operator would stand in for, from a RayCluster of RayClusterFor(spec,
// Backend::kPlain). kUsage where the resource asks for what only the operator does (an autoscaler, several
// hosts for a replica).
shared::Result<PlainCluster> DeploymentsFor(const Json& ray_cluster);

// One worker group's Deployment; `ray_cluster` is the cluster it joins (as RayClusterOf gives it).
shared::Result<Json> WorkerDeploymentFor(const Json& ray_cluster, const Json& worker_group_spec);

// What an operator would show: a RayCluster with spec and status, from the Deployments that are there. `head`
// must be a Deployment of DeploymentsFor.
Json RayClusterOf(const Json& head, const std::vector<Json>& workers);

// Whether this Deployment is a head of ours.
bool IsPlainHead(const Json& deployment);

// metadata.ownerReferences for what `owner` (an object as the server returned it) brings with it.
Json OwnerReferences(const Json& owner);

}  // namespace kubectl_ray
