// preStop hooks that run `ray stop`, as KubeRay's samples had them until January 2025 (kuberay PR 2724).
// Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// Whether a container has a preStop hook that runs `ray stop`, by itself or in the text that it gives to a
// shell. The kubelet runs it before it sends SIGTERM, so that the raylet is gone when the container's own end
// begins, and no drain can move its work.
bool StopsRay(const shared::Json& container);

// Returns a sentence without an end for each container of a RayCluster's `spec` (spec.rayClusterSpec of a
// RayJob) that has such a hook. Names are as they are written: untrusted.
std::vector<std::string> StopHooks(const shared::Json& ray_cluster_spec);

}  // namespace kubectl_ray
