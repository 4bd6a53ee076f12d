// The pods that a cluster wants, with the containers that KubeRay's operator adds to them. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kinds/backend.h"
#include "shared/json.h"

namespace kubectl_ray {

// The pods of the head, or of one worker group.
struct PlannedPods {
  std::string group;
  shared::Json pod;        // a Pod object without a name, as it is sent to the API server
  std::int64_t count = 0;  // wanted now; an autoscaler's minimum
  std::int64_t most = 0;   // an autoscaler's maximum; otherwise `count`
  std::string field = {};  // of the RayCluster: spec.headGroupSpec, spec.workerGroupSpecs[0]

  bool operator==(const PlannedPods&) const = default;
};

// Returns the head's first, then a member for each worker group. The added containers, which quotas,
// LimitRanges and PodSecurity judge as well, are those of KubeRay 1.7: wait-gcs-ready (200m, 256Mi, with the
// security context of the Ray container) in workers, and the autoscaler (500m,
// 512Mi unless autoscalerOptions.resources says otherwise) in an autoscaling head. Source:
// ray-operator/controllers/ray/common/pod.go (BuildAutoscalerContainer, DefaultWorkerPodTemplate).
std::vector<PlannedPods> PlanPods(const shared::Json& ray_cluster, Backend backend);

// Returns the image of the Ray container, or empty.
std::string RayImage(const PlannedPods& planned);

// Returns the port at which the head's GCS listens, by its rayStartParams.
int GcsPort(const shared::Json& ray_cluster);

}  // namespace kubectl_ray
