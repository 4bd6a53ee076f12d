#include "kubectl-ray/ray/head_pod.h"

#include <vector>

#include "kubectl-ray/kube/ray_pods.h"
#include "shared/base64.h"
#include "shared/json.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

const Json& RayContainer(const Json& pod) {
  static const Json kNone;
  const Json& containers = shared::At(pod, {"spec", "containers"});
  return containers.is_array() && !containers.empty() ? containers[0] : kNone;
}

int PortNamed(const Json& container, std::string_view name, int fallback) {
  const Json& ports = shared::At(container, {"ports"});
  if (!ports.is_array()) return fallback;
  for (const Json& port : ports)
    if (StringAt(port, {"name"}) == name)
      return static_cast<int>(shared::IntAt(port, {"containerPort"}, fallback));
  return fallback;
}

// KubeRay and our own manifests alike: RAY_AUTH_MODE=token and RAY_AUTH_TOKEN from a Secret.
std::optional<SecretKey> TokenOf(const Json& container) {
  const Json& env = shared::At(container, {"env"});
  if (!env.is_array()) return std::nullopt;
  bool asked_for = false;
  std::optional<SecretKey> token;
  for (const Json& variable : env) {
    if (StringAt(variable, {"name"}) == "RAY_AUTH_MODE") asked_for = StringAt(variable, {"value"}) == "token";
    if (StringAt(variable, {"name"}) != "RAY_AUTH_TOKEN") continue;
    SecretKey key{StringAt(variable, {"valueFrom", "secretKeyRef", "name"}),
                  StringAt(variable, {"valueFrom", "secretKeyRef", "key"})};
    if (!key.name.empty() && !key.key.empty()) token = std::move(key);
  }
  return asked_for ? token : std::nullopt;
}

const Json* Condition(const Json& pod, std::string_view type) {
  const Json& conditions = shared::At(pod, {"status", "conditions"});
  if (!conditions.is_array()) return nullptr;
  for (const Json& condition : conditions)
    if (StringAt(condition, {"type"}) == type) return &condition;
  return nullptr;
}

// "ErrImagePull: ..." of the first container that waits, or empty.
std::string WaitingReason(const Json& pod) {
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    const Json& statuses = shared::At(pod, {"status", list});
    if (!statuses.is_array()) continue;
    for (const Json& status : statuses) {
      const std::string reason = StringAt(status, {"state", "waiting", "reason"});
      if (reason.empty() || reason == "PodInitializing" || reason == "ContainerCreating") continue;
      const std::string message = StringAt(status, {"state", "waiting", "message"});
      return reason + (message.empty() ? "" : ": " + message);
    }
  }
  return "";
}

std::string NotReadyReason(const Json& pod, const std::string& name) {
  std::string reason = "pod \"" + name + "\" is " + StringAt(pod, {"status", "phase"}, "Unknown");
  const Json* scheduled = Condition(pod, "PodScheduled");
  std::string detail = WaitingReason(pod);
  if (scheduled != nullptr && StringAt(*scheduled, {"status"}) == "False")
    detail = StringAt(*scheduled, {"message"});
  if (!shared::At(pod, {"metadata", "deletionTimestamp"}).is_null()) detail = "it is being deleted";
  if (detail.empty()) detail = "its containers are starting";
  return reason + ": " + detail;
}

}  // namespace

HeadPod ReadHeadPod(const Json& pod) {
  HeadPod head;
  head.ns = StringAt(pod, {"metadata", "namespace"});
  head.name = StringAt(pod, {"metadata", "name"});
  const Json* ready = Condition(pod, "Ready");
  head.ready = ready != nullptr && StringAt(*ready, {"status"}) == "True" &&
               shared::At(pod, {"metadata", "deletionTimestamp"}).is_null();
  if (!head.ready) head.reason = NotReadyReason(pod, head.name);
  const Json& container = RayContainer(pod);
  head.dashboard_port = PortNamed(container, "dashboard", 8265);
  head.client_port = PortNamed(container, "client", 10001);
  head.token = TokenOf(container);
  return head;
}

Result<HeadPod> FindHead(const KubeClient& kube, std::string_view ns, std::string_view cluster) {
  const ListOptions heads{.label_selector = RayPodSelector(cluster, "head")};
  ASSIGN_OR_RETURN(std::vector<Json> pods, kube.ListAll(kPods, ns, heads));
  std::erase_if(pods, [](const Json& pod) {
    const std::string phase = StringAt(pod, {"status", "phase"});
    return phase == "Failed" || phase == "Succeeded";
  });
  std::vector<RayPod> ray_pods;
  for (const Json& pod : pods) ray_pods.push_back(ReadRayPod(pod));
  const RayPod* best = BestHead(ray_pods);
  if (best != nullptr) return ReadHeadPod(pods[static_cast<std::size_t>(best - ray_pods.data())]);
  if (!pods.empty()) return ReadHeadPod(pods.front());  // whose reason tells why it does not run
  return Fail(ErrorCode::kNotFound,
              "cannot find the head pod of cluster \"" + std::string(cluster) + "\" in namespace \"" +
                  std::string(ns) + "\"",
              "See `kubectl ray get cluster -A` for the clusters there are.");
}

Result<std::string> ReadSecret(const KubeClient& kube, std::string_view ns, const SecretKey& secret) {
  ASSIGN_OR_RETURN(const Json object, kube.Get(kSecrets, ns, secret.name));
  const Json& value = shared::At(object, {"data", secret.key});
  if (!value.is_string())
    return Fail(ErrorCode::kInternal,
                "cannot read secret \"" + secret.name + "\": it has no key \"" + secret.key + "\"");
  std::optional<std::string> decoded = shared::Base64Decode(value.get_ref<const std::string&>());
  if (!decoded)
    return Fail(ErrorCode::kInternal,
                "cannot read secret \"" + secret.name + "\": key \"" + secret.key + "\" is not base64");
  return *std::move(decoded);
}

}  // namespace kubectl_ray
