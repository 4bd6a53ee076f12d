// Finds the pods of a Ray cluster by the labels that both KubeRay and this program put on them.
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
  std::string node_type;  // head or worker
  std::string group;      // ray.io/group
  std::string container;  // the name of RayContainer (pods/ray_container.h)
  std::string phase;      // Pending, Running, Succeeded, Failed, Unknown
  bool ready = false;     // Ray is ready, by HealthOf (pods/pod_health.h), whatever runs beside it
  std::string reason;     // why it is not ready, a clause as in PodHealth; not escaped
  bool started = false;   // the current instance of the Ray container runs or has run
  bool running = false;   // it runs now
  bool deleting = false;
  int restarts = 0;  // of the Ray container

  bool operator==(const RayPod&) const = default;
};

// Returns whether a Pod object has ended for good (phase Failed or Succeeded), as an evicted one has; its
// owner then replaces it. Pure.
bool IsOver(const Json& pod);

// Reads a Pod object, and is the only place that does. What is missing in it stays empty. Pure.
RayPod ReadRayPod(const Json& pod);
std::vector<RayPod> ReadRayPods(const std::vector<Json>& pods);

// Returns the label selector of a cluster's pods; an empty `node_type` means all.
std::string RayPodSelector(std::string_view cluster, std::string_view node_type);

// Returns all pods of one cluster, the head first, then by name. kNotFound if there are none; the hint is the
// near name of a cluster that has some.
shared::Result<std::vector<RayPod>> ListRayPods(const KubeClient& kube, std::string_view ns,
                                                const std::string& cluster, std::string_view node_type = "");

// Returns the head of which Ray runs or is ready: one that is not being deleted before one that is, then a
// ready one. Returns nullptr if there is none. Pure.
const RayPod* BestHead(const std::vector<RayPod>& pods);

}  // namespace kubectl_ray
