// Takes KubeRay's operator out of a cluster.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/operator/manifests.h"

namespace kubectl_ray {

// Ray's objects, by kind. In the order in which they are deleted, owners first: a RayCronJob would make
// RayJobs again, and these clusters.
struct RayObjects {
  struct Object {
    Resource resource;
    std::string ns;
    std::string name;
    std::string uid;
    bool operator==(const Object&) const = default;
  };
  std::vector<Object> objects;

  // "2 rayclusters, 1 rayjob"; "no objects".
  std::string Count() const;
};

// All of these namespaces; of the whole cluster if there is none. A kind that is not served has none. Errors:
// KubeClient's.
shared::Result<RayObjects> FindRayObjects(const KubeClient& kube, const std::vector<std::string>& namespaces);

// Deletes them and blocks until they are gone: their finalizers are taken away by the operator. kTimeout
// names what is left.
shared::Status DeleteRayObjects(const KubeClient& kube, const RayObjects& objects,
                                std::chrono::milliseconds timeout, Streams& io);

// What goes with the operator, in the order in which it is deleted: webhooks and the Deployment first, rights
// last. `alone`: no other operator is there, and what all would share goes as well. Pure.
std::vector<OperatorObject> LeavingObjects(const std::vector<OperatorObject>& objects, bool alone);

// KubeRay's validating webhooks whose service is in this namespace; left there, they refuse every RayCluster.
// None if they may not be listed.
std::vector<Json> WebhooksOf(const KubeClient& kube, const std::string& ns);

}  // namespace kubectl_ray
