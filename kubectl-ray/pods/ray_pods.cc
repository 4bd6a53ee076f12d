#include "kubectl-ray/pods/ray_pods.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/ray_container.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

void ReadContainerStatus(const Json& status, RayPod* ray_pod) {
  ray_pod->restarts = static_cast<int>(shared::IntAt(status, {"restartCount"}));
  ray_pod->running = !At(status, {"state", "running"}).is_null();
  // A container that waits for its next start has run, too: its log is that of the last time.
  ray_pod->started = ray_pod->running || !At(status, {"state", "terminated"}).is_null() ||
                     !At(status, {"lastState", "terminated"}).is_null();
}

// No pod has that label: perhaps the name is misspelt.
shared::Unexpected<shared::Error> NoPods(const KubeClient& kube, std::string_view ns,
                                         const std::string& cluster) {
  std::set<std::string> names;
  const auto listed = kube.List(kPods, ns, {.label_selector = kEveryHeadSelector}, [&](const Json& pod) {
    names.insert(StringAt(pod, {"metadata", "labels", kClusterLabel}));
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

bool IsOver(const Json& pod) {
  const std::string phase = StringAt(pod, {"status", "phase"});
  return phase == "Failed" || phase == "Succeeded";
}

RayPod ReadRayPod(const Json& pod) {
  RayPod ray_pod;
  ray_pod.ns = StringAt(pod, {"metadata", "namespace"});
  ray_pod.name = StringAt(pod, {"metadata", "name"});
  ray_pod.uid = StringAt(pod, {"metadata", "uid"});
  ray_pod.node_type = StringAt(pod, {"metadata", "labels", kNodeTypeLabel});
  ray_pod.group = StringAt(pod, {"metadata", "labels", kGroupLabel});
  ray_pod.phase = StringAt(pod, {"status", "phase"});
  ray_pod.deleting = !At(pod, {"metadata", "deletionTimestamp"}).is_null();
  ray_pod.container = StringAt(RayContainer(pod), {"name"});
  PodHealth health = HealthOf(pod);
  ray_pod.ready = health.state == PodState::kReady;
  ray_pod.reason = std::move(health.reason);
  ReadContainerStatus(RayContainerStatus(pod), &ray_pod);
  return ray_pod;
}

std::string RayPodSelector(std::string_view cluster, std::string_view node_type) {
  std::string selector = std::string(kClusterLabel) + "=" + std::string(cluster);
  if (!node_type.empty()) selector += "," + std::string(kNodeTypeLabel) + "=" + std::string(node_type);
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
    if ((pod.running || pod.ready) && pod.node_type == "head" && (best == nullptr || rank(pod) > rank(*best)))
      best = &pod;
  return best;
}

std::vector<RayPod> ReadRayPods(const std::vector<Json>& pods) {
  std::vector<RayPod> ray_pods;
  ray_pods.reserve(pods.size());
  std::transform(pods.begin(), pods.end(), std::back_inserter(ray_pods), ReadRayPod);
  return ray_pods;
}

}  // namespace kubectl_ray
