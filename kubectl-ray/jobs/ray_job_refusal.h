// Why a RayJob's pods are not even made.
#pragma once

#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct RayJobRefusal {
  std::string why;     // "pods are refused: exceeded quota: ...", a clause in one line, not escaped; or empty
  bool lasts = false;  // it will not go away by itself
  std::string what;    // a clause: what cannot be while it lasts
  std::string way_out;  // a sentence, or empty

  // kConflict if it lasts.
  shared::Status Check() const;
};

// Asks why the RayJob, which is not over, gets no further: while it initializes, its cluster's pods may be
// refused; later the pod by which KubeRay submits its job, of the batch Job that is named as the RayJob
// (ray-operator/controllers/ray/rayjob_controller.go of KubeRay 1.7, createK8sJobIfNeed). Blocks for one
// request, or two. What cannot be read counts as no refusal.
RayJobRefusal WhyRayJobIsRefused(const KubeClient& kube, const std::string& ns, const Json& ray_job);

}  // namespace kubectl_ray
