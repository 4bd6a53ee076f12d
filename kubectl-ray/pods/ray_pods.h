// The pods of a Ray cluster, found by the labels that KubeRay and this program both put on them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct RayPod {
  std::string ns;
  std::string name;
  std::string uid;
  std::string node_type;  // head, worker
  std::string group;      // ray.io/group
  std::string container;  // the name of RayContainer()
  std::string phase;      // Pending, Running, Succeeded, Failed, Unknown
  bool ready = false;     // the pod is ready, or the Ray container is
  bool started = false;   // the Ray container runs or has run in its present instance
  bool running = false;   // it runs now
  bool deleting = false;
  int restarts = 0;  // of the Ray container

  bool operator==(const RayPod&) const = default;
};

// Ray's container of a Pod object, a member of its spec.containers: the one of KubeRay's and our own name
// (ray-head, ray-worker), else the one that the annotation kubectl.kubernetes.io/default-container names,
// else the first one with a variable RAY_..., else the first one, as webhooks put theirs anywhere. Null where
// there is none. Pure.
const Json& RayContainer(const Json& pod);

// Its member of status.containerStatuses, which the kubelet sorts by name; null where there is none. Pure.
const Json& RayContainerStatus(const Json& pod);

// Whether a Pod object has ended for good (phase Failed or Succeeded), as an evicted one has: its owner puts
// another one in its place. Pure.
bool IsOver(const Json& pod);

// Of a Pod object; whatever is missing in it stays empty. Pure.
RayPod ReadRayPod(const Json& pod);

// Labels of a cluster's pods; an empty node_type means all.
std::string RayPodSelector(std::string_view cluster, std::string_view node_type);

// All pods of one cluster, head first, then by name. kNotFound where there are none, with the near name of a
// cluster that has some.
shared::Result<std::vector<RayPod>> ListRayPods(const KubeClient& kube, std::string_view ns,
                                                const std::string& cluster, std::string_view node_type = "");

// The head that runs and is not about to go, a ready one first; nullptr where none runs. Pure.
const RayPod* BestHead(const std::vector<RayPod>& pods);

}  // namespace kubectl_ray
