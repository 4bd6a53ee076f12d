// The small cluster that tests of manifests and plans begin with.
#pragma once

#include "kubectl-ray/manifests/cluster_spec.h"

// Returns cluster "demo" in namespace "team", with one worker group; the caller says where the agent is from.
inline kubectl_ray::ClusterSpec DemoSpec() {
  kubectl_ray::ClusterSpec spec;
  spec.name = "demo";
  spec.ns = "team";
  spec.image = "rayproject/ray:2.60.0";
  spec.worker_groups = {kubectl_ray::WorkerGroup{}};
  return spec;
}
