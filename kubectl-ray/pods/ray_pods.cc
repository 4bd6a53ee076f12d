#include "kubectl-ray/pods/ray_pods.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "kubectl-ray/kinds/labels.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

const Json& None() {
  static const Json kNone;
  return kNone;
}

const Json& Named(const Json& list, std::string_view name) {
  if (!list.is_array() || name.empty()) return None();
  for (const Json& item : list)
    if (StringAt(item, {"name"}) == name) return item;
  return None();
}

bool HasRayVariable(const Json& container) {
  const Json& env = At(container, {"env"});
  return env.is_array() && std::any_of(env.begin(), env.end(), [](const Json& variable) {
           return StringAt(variable, {"name"}).starts_with("RAY_");
         });
}

void ReadContainerStatus(const Json& status, RayPod* ray_pod) {
  ray_pod->restarts = static_cast<int>(shared::IntAt(status, {"restartCount"}));
  ray_pod->running = !At(status, {"state", "running"}).is_null();
  ray_pod->ready = ray_pod->ready || (ray_pod->running && shared::BoolAt(status, {"ready"}));
  // Waiting for its next start, it has run all the same, and its log is that of the last time.
  ray_pod->started = ray_pod->running || !At(status, {"state", "terminated"}).is_null() ||
                     !At(status, {"lastState", "terminated"}).is_null();
}

// Nobody's pods carry that label: perhaps the name is misspelt.
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

const Json& RayContainer(const Json& pod) {
  const Json& containers = At(pod, {"spec", "containers"});
  if (!containers.is_array() || containers.empty()) return None();
  const std::string chosen =
      StringAt(pod, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"});
  for (const std::string_view name :
       {std::string_view("ray-head"), std::string_view("ray-worker"), std::string_view(chosen)})
    if (const Json& named = Named(containers, name); !named.is_null()) return named;
  const auto with_variable = std::find_if(containers.begin(), containers.end(), HasRayVariable);
  return with_variable == containers.end() ? containers.front() : *with_variable;
}

const Json& RayContainerStatus(const Json& pod) {
  return Named(At(pod, {"status", "containerStatuses"}), StringAt(RayContainer(pod), {"name"}));
}

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
  const Json& conditions = At(pod, {"status", "conditions"});
  if (conditions.is_array())
    for (const Json& condition : conditions)
      if (StringAt(condition, {"type"}) == "Ready") ray_pod.ready = StringAt(condition, {"status"}) == "True";
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
    if (pod.running && pod.node_type == "head" && (best == nullptr || rank(pod) > rank(*best))) best = &pod;
  return best;
}

}  // namespace kubectl_ray
