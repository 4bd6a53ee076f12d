#include "kubectl-ray/kube/ray_pods.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

void ReadContainerStatus(const Json& pod, RayPod* ray_pod) {
  const Json& statuses = At(pod, {"status", "containerStatuses"});
  if (!statuses.is_array()) return;
  for (const Json& status : statuses) {
    if (StringAt(status, {"name"}) != ray_pod->container) continue;
    ray_pod->restarts = static_cast<int>(shared::IntAt(status, {"restartCount"}));
    ray_pod->running = !At(status, {"state", "running"}).is_null();
    // Waiting for its next start, it has run all the same, and its log is that of the last time.
    ray_pod->started = ray_pod->running || !At(status, {"state", "terminated"}).is_null() ||
                       !At(status, {"lastState", "terminated"}).is_null();
  }
}

// Nobody's pods carry that label: perhaps the name is misspelt.
shared::Unexpected<shared::Error> NoPods(const KubeClient& kube, std::string_view ns,
                                         const std::string& cluster) {
  std::set<std::string> names;
  const auto listed =
      kube.List(kPods, ns, {.label_selector = "ray.io/cluster,ray.io/node-type=head"}, [&](const Json& pod) {
        names.insert(StringAt(pod, {"metadata", "labels", "ray.io/cluster"}));
        return names.size() < 1000;
      });
  std::string hint = shared::DidYouMean(cluster, {names.begin(), names.end()});
  if (hint.empty())
    hint = names.empty() && listed
               ? "No Ray cluster has pods in this namespace; -n NAME chooses another one."
               : "`kubectl ray get cluster -n " + std::string(ns) + "` lists those there are.";
  return Fail(ErrorCode::kNotFound,
              "no Ray nodes found for cluster \"" + cluster + "\" in namespace \"" + std::string(ns) + "\"",
              hint);
}

}  // namespace

RayPod ReadRayPod(const Json& pod) {
  RayPod ray_pod;
  ray_pod.ns = StringAt(pod, {"metadata", "namespace"});
  ray_pod.name = StringAt(pod, {"metadata", "name"});
  ray_pod.uid = StringAt(pod, {"metadata", "uid"});
  ray_pod.node_type = StringAt(pod, {"metadata", "labels", "ray.io/node-type"});
  ray_pod.group = StringAt(pod, {"metadata", "labels", "ray.io/group"});
  ray_pod.phase = StringAt(pod, {"status", "phase"});
  ray_pod.deleting = !At(pod, {"metadata", "deletionTimestamp"}).is_null();
  const Json& containers = At(pod, {"spec", "containers"});
  if (containers.is_array() && !containers.empty()) ray_pod.container = StringAt(containers[0], {"name"});
  const Json& conditions = At(pod, {"status", "conditions"});
  if (conditions.is_array())
    for (const Json& condition : conditions)
      if (StringAt(condition, {"type"}) == "Ready") ray_pod.ready = StringAt(condition, {"status"}) == "True";
  ReadContainerStatus(pod, &ray_pod);
  return ray_pod;
}

std::string RayPodSelector(std::string_view cluster, std::string_view node_type) {
  std::string selector = "ray.io/cluster=" + std::string(cluster);
  if (!node_type.empty()) selector += ",ray.io/node-type=" + std::string(node_type);
  return selector;
}

Result<std::vector<RayPod>> ListRayPods(const KubeClient& kube, std::string_view ns,
                                        const std::string& cluster, std::string_view node_type) {
  std::vector<RayPod> pods;
  TRY(kube.List(kPods, ns, {.label_selector = RayPodSelector(cluster, node_type)}, [&](const Json& pod) {
    pods.push_back(ReadRayPod(pod));
    return true;
  }));
  if (pods.empty()) return NoPods(kube, ns, cluster);
  auto key = [](const RayPod& pod) {
    return std::tuple(pod.node_type != "head", std::string_view(pod.name));
  };
  std::sort(pods.begin(), pods.end(), [&](const RayPod& a, const RayPod& b) { return key(a) < key(b); });
  return pods;
}

const RayPod* BestHead(const std::vector<RayPod>& pods) {
  auto rank = [](const RayPod& pod) {
    return (pod.running ? 4 : 0) + (pod.deleting ? 0 : 2) + (pod.ready ? 1 : 0);
  };
  const RayPod* best = nullptr;
  for (const RayPod& pod : pods)
    if (pod.running && pod.node_type == "head" && (best == nullptr || rank(pod) > rank(*best))) best = &pod;
  return best;
}

}  // namespace kubectl_ray
