// Makes the RayService resource (ray.io/v1) that a user asked for. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/manifests/cluster_spec.h"

namespace kubectl_ray {

// Returns the whole object, without a status. `serve_config` is the text of spec.serveConfigV2; empty: none.
// `assignments` are PATH=VALUE of the RayService's fields. Labels and annotations of `cluster` are the
// RayService's, from which the operator gives them to the clusters. kUsage: one cannot be applied.
//
// Workers that run under the agent leave the readiness probe to KubeRay: its own asks Serve's proxy too, and
// without that requests would go to workers with no proxy on them.
shared::Result<Json> RayServiceFor(const ClusterSpec& cluster, const std::string& serve_config,
                                   const std::vector<std::string>& assignments);

}  // namespace kubectl_ray
