// Deleting clusters and objects of the other kinds, and waiting until their pods are gone.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// One thing to delete, found: the object whose deletion takes everything else along.
struct Deletion {
  Target target;
  Resource resource;  // of the target's kind, or Deployment for a cluster without an operator
  std::string name;   // of that object
  std::string uid;
  std::string cluster;     // whose pods go with it; empty: it has none of its own, or none yet
  std::string goes_along;  // "1 head pod, 2 worker pods"; of a RayCronJob "3 RayJobs, 1 of them not over"
};

// kNotFound for a target that is not there, or whose kind the API server does not serve.
shared::Result<Deletion> FindDeletion(const KubeClient& kube, const std::string& ns, const Target& target);

// Only the very object that was found: kConflict where another has taken its name.
shared::Status Delete(const KubeClient& kube, const std::string& ns, const Deletion& deletion);

// Blocks until no pod of the cluster is left, and prints on io.err what it waits for. kTimeout.
shared::Status WaitGone(const KubeClient& kube, const std::string& ns, const std::string& cluster,
                        std::chrono::milliseconds timeout, Streams& io);

}  // namespace kubectl_ray
