#include "kubectl-ray/pods/head_pod.h"

#include <algorithm>
#include <vector>

#include "kubectl-ray/kinds/named_item.h"
#include "kubectl-ray/kube/port_forward.h"
#include "kubectl-ray/pods/ray_container.h"
#include "shared/base64.h"
#include "shared/json.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

constexpr std::size_t kMaxAnswerBytes = 64u << 10;

// KubeRay and our own manifests both set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN from a Secret.
std::optional<SecretKey> TokenOf(const Json& container) {
  if (VariableOf(container, "RAY_AUTH_MODE") != "token") return std::nullopt;
  const Json& source =
      shared::At(NamedItem(shared::At(container, {"env"}), "RAY_AUTH_TOKEN"), {"valueFrom", "secretKeyRef"});
  SecretKey key{StringAt(source, {"name"}), StringAt(source, {"key"})};
  return key.name.empty() || key.key.empty() ? std::nullopt : std::optional(std::move(key));
}

bool UsesTls(const Json& container) {
  const std::string value = VariableOf(container, "RAY_USE_TLS");
  return value == "1" || value == "true" || value == "True" || value == "TRUE";
}

enum class Answer { kWell, kNobody, kUnknown };

Answer Ask(const KubeClient& kube, const PodPort& target, const char* path, shared::Deadline deadline) {
  PodDialer dialer(&kube, target);
  shared::HttpOptions options;
  options.interrupt = kube.access().http.interrupt;
  options.dial = [&] { return dialer.Dial().value_or(-1); };
  const shared::HttpClient http(std::move(options));
  shared::HttpRequest request;
  request.url = std::string("http://localhost") + path;
  request.max_body_bytes = kMaxAnswerBytes;
  request.deadline = deadline;
  const auto response = http.Send(request);
  if (!response) return dialer.last_error().empty() ? Answer::kUnknown : Answer::kNobody;
  const bool well = response->status == 200 && response->body.find("success") != std::string::npos;
  return well ? Answer::kWell : Answer::kUnknown;
}

}  // namespace

HeadPod ReadHeadPod(const Json& pod) {
  const Json& container = RayContainer(pod);
  HeadPod head;
  static_cast<RayPod&>(head) = ReadRayPod(pod);
  const shared::RayStartParams params = StartParamsOf(container);
  head.dashboard_port =
      PortParam(params, "dashboard-port", DeclaredPort(container, "dashboard", kDashboardPort));
  head.client_port =
      PortParam(params, "ray-client-server-port", DeclaredPort(container, "client", kClientPort));
  head.gcs_port = PortParam(params, "port", DeclaredPort(container, "gcs-server", kGcsPort));
  head.gcs_wants_certificates = UsesTls(container);
  head.token = TokenOf(container);
  return head;
}

Result<HeadPod> FindHead(const KubeClient& kube, std::string_view ns, std::string_view cluster) {
  const ListOptions heads{.label_selector = RayPodSelector(cluster, "head")};
  ASSIGN_OR_RETURN(std::vector<Json> pods, kube.ListAll(kPods, ns, heads));
  std::erase_if(pods, IsOver);
  const std::vector<RayPod> ray_pods = ReadRayPods(pods);
  const RayPod* best = BestHead(ray_pods);
  if (best != nullptr) return ReadHeadPod(pods[static_cast<std::size_t>(best - ray_pods.data())]);
  // None runs: prefer the reason of a starting pod over a terminating one's.
  const auto coming =
      std::find_if(ray_pods.begin(), ray_pods.end(), [](const RayPod& pod) { return !pod.deleting; });
  if (!pods.empty())
    return ReadHeadPod(coming == ray_pods.end() ? pods.front()
                                                : pods[static_cast<std::size_t>(coming - ray_pods.begin())]);
  return Fail(ErrorCode::kNotFound,
              "cannot find the head pod of cluster \"" + std::string(cluster) + "\" in namespace \"" +
                  std::string(ns) + "\"",
              "See `kubectl ray get cluster -A` for the clusters there are.");
}

bool HasGivenUpDashboard(const KubeClient& kube, const HeadPod& head, int dashboard_agent_port,
                         shared::Deadline deadline) {
  const auto ask = [&](int port, const char* path) {
    return Ask(kube, {head.ns, head.name, port}, path, deadline);
  };
  return ask(dashboard_agent_port, "/api/local_raylet_healthz") == Answer::kWell &&
         ask(head.dashboard_port, "/api/gcs_healthz") == Answer::kNobody;
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
