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
  std::string container;  // the name of RayContainer (pods/ray_container.h)
  std::string phase;      // Pending, Running, Succeeded, Failed, Unknown
  bool ready = false;     // Ray is, by HealthOf (pods/pod_health.h), whatever runs beside it
  std::string reason;     // why it is not ready, a clause as PodHealth has it; not escaped
  bool started = false;   // the Ray container runs or has run in its present instance
  bool running = false;   // it runs now
  bool deleting = false;
  int restarts = 0;  // of the Ray container

  bool operator==(const RayPod&) const = default;
};

// Whether a Pod object has ended for good (phase Failed or Succeeded), as an evicted one has: its owner puts
// another one in its place. Pure.
bool IsOver(const Json& pod);

// The one reading of a Pod object; whatever is missing in it stays empty. Pure.
RayPod ReadRayPod(const Json& pod);
std::vector<RayPod> ReadRayPods(const std::vector<Json>& pods);

// Labels of a cluster's pods; an empty node_type means all.
std::string RayPodSelector(std::string_view cluster, std::string_view node_type);

// All pods of one cluster, head first, then by name. kNotFound: there are none; the hint is the near name of
// a cluster that has some.
shared::Result<std::vector<RayPod>> ListRayPods(const KubeClient& kube, std::string_view ns,
                                                const std::string& cluster, std::string_view node_type = "");

// The head whose Ray container runs: one that is not being deleted before one that is, a ready one first.
// nullptr: none runs. Pure.
const RayPod* BestHead(const std::vector<RayPod>& pods);

}  // namespace kubectl_ray
