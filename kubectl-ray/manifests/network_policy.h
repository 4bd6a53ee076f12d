// The NetworkPolicies of a cluster: who may connect to its pods, and where its pods may connect to. Pure.
// Sources: https://kubernetes.io/docs/concepts/services-networking/network-policies/, and what KubeRay 1.7
// allows by itself (controllers/ray/networkpolicy_controller.go).
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

using shared::Json;

// As typed. A peer is "namespace=NAME" (the pods of a namespace), "label=KEY=VALUE" (pods of the cluster's
// own namespace), several of both with commas between them (pods that meet all of it), or a CIDR.
struct NetworkPolicyOptions {
  std::vector<std::string> allow_from = {};             // peers: who uses dashboard, client server and Serve
  std::vector<std::string> allow_to = {};               // peers: what the pods may connect to besides
  std::vector<std::string> metrics_from = {};           // peers: who reads metrics; empty: every pod there is
  std::vector<std::string> api_server = {};             // CIDRs; empty: any address, at 443 and 6443
  std::string operator_namespace = "kuberay-operator";  // empty: no operator connects

  bool operator==(const NetworkPolicyOptions&) const = default;
};

// Returns two NetworkPolicies, one for the head and one for all workers, without owner references.
// `ray_cluster` is of either kind (RayClusterFor(), RayClusterOf(), or as the API server has it); its ports
// are taken from rayStartParams and from the container's port "serve". kUsage names a value that is no peer.
shared::Result<std::vector<Json>> NetworkPoliciesFor(const Json& ray_cluster,
                                                     const NetworkPolicyOptions& options);

}  // namespace kubectl_ray
