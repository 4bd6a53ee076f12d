// NetworkPolicies, as the API server addresses them and as ours are named.
#pragma once

#include <string>
#include <string_view>

#include "kubectl-ray/kube/resource.h"

namespace kubectl_ray {

inline const Resource kNetworkPolicies{"networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"};

// The API server sets it on each Namespace, so that policies can name one.
inline constexpr const char* kNamespaceNameLabel = "kubernetes.io/metadata.name";

// `type`: head or worker. KubeRay's own policies are CLUSTER-head and CLUSTER-workers-GROUP.
inline std::string NetworkPolicyName(std::string_view cluster, std::string_view type) {
  return std::string(cluster) + "-ray-" + std::string(type);
}

}  // namespace kubectl_ray
