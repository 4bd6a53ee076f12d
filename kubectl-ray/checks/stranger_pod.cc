#include "kubectl-ray/checks/stranger_pod.h"

#include "kubectl-ray/checks/network_checks.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/pod_security.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::StringAt;

constexpr std::chrono::seconds kPatience(120);

constexpr const char* kProgram = R"(import socket, sys, time
for attempt in range(4):
    if attempt:
        time.sleep(3)
    try:
        socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).close()
    except OSError:
        sys.exit(0)
sys.exit(3)
)";

std::string AddressOfHead(const Facts& facts) {
  if (!facts.cluster_pods) return "";
  const std::vector<RayPod> pods = ReadRayPods(*facts.cluster_pods);
  const RayPod* head = BestHead(pods);
  if (head == nullptr || !head->running) return "";
  for (const Json& pod : *facts.cluster_pods)
    if (StringAt(pod, {"metadata", "name"}) == head->name) return StringAt(pod, {"status", "podIP"});
  return "";
}

shared::Result<bool> WaitForEnd(const KubeClient& kube, const std::string& ns, const std::string& name) {
  bool connected = false;
  shared::Status failed = shared::Ok();
  const shared::Status watched = kube.Watch(kPods, ns, {.field_selector = "metadata.name=" + name},
                                            shared::Deadline::After(kPatience), [&](const WatchEvent& event) {
                                              const auto ended = ReadStranger(event.object, &connected);
                                              if (!ended) failed = shared::Unexpected(ended.error());
                                              return ended && !*ended;
                                            });
  TRY(watched);
  TRY(failed);
  return connected;
}

shared::Result<ForbiddenWay> Probe(const KubeClient& kube, const Facts& facts, const Json& pod,
                                   ForbiddenWay way) {
  ASSIGN_OR_RETURN(const Json made, kube.Create(kPods, facts.ns, pod));
  const std::string name = StringAt(made, {"metadata", "name"});
  kube.Note("pod \"" + name + "\" tries what NetworkPolicy \"" + way.policy +
            "\" forbids, and is deleted after that");
  const shared::Result<bool> connected = WaitForEnd(kube, facts.ns, name);
  const shared::Interrupt never;  // Ctrl-C leaves no pod
  const auto deleted = kube.Until(&never).Delete(kPods, facts.ns, name, {.grace_period_seconds = 0});
  if (!deleted && deleted.error().code != ErrorCode::kNotFound)
    kube.Note("pod \"" + name + "\" is still there: " + deleted.error().message);
  if (!connected) return shared::Unexpected(connected.error());
  way.connected = *connected;
  return way;
}

}  // namespace

Json StrangerPod(const Facts& facts, const std::string& host, int port) {
  const Json& head = At(facts.planned.front().pod, {"spec"});
  const std::string image = RayImage(facts.planned.front());
  const bool restricted = facts.ns_object && EnforcesRestricted(*facts.ns_object);
  const Json amounts = {{"cpu", "100m"}, {"memory", "128Mi"}};
  Json container = {{"name", "stranger"},
                    {"image", image},
                    {"command", {"python3", "-c", kProgram, host, std::to_string(port)}},
                    {"resources", {{"limits", amounts}, {"requests", amounts}}}};
  if (Json context = SecurityContext(ChoosePodSecurity(PodSecurity::kAuto, image, restricted));
      context.is_object())
    container["securityContext"] = std::move(context);
  Json spec = {{"restartPolicy", "Never"},
               {"automountServiceAccountToken", false},
               {"activeDeadlineSeconds", kPatience.count()},
               {"containers", Json::array({std::move(container)})}};
  for (const char* member : {"imagePullSecrets", "tolerations", "nodeSelector"})
    if (const Json& of_head = At(head, {member}); !of_head.is_null()) spec[member] = of_head;
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata",
           {{"generateName", "kubectl-ray-stranger-"},
            {"labels", {{kApplicationLabel, "stranger"}, {kManagedByLabel, kManagedByUs}}}}},
          {"spec", std::move(spec)}};
}

shared::Result<bool> ReadStranger(const Json& pod, bool* connected) {
  const std::string phase = StringAt(pod, {"status", "phase"});
  *connected = false;
  if (phase == "Succeeded") return true;
  if (phase != "Failed") return false;
  const Json& statuses = At(pod, {"status", "containerStatuses"});
  const Json none;
  const Json& ended =
      statuses.is_array() && !statuses.empty() ? At(statuses[0], {"state", "terminated"}) : none;
  const std::int64_t code = IntAt(ended, {"exitCode"});
  *connected = code == kStrangerConnected;
  if (*connected) return true;
  std::string why = StringAt(pod, {"status", "reason"}, StringAt(ended, {"reason"}, "no reason is given"));
  return Fail(ErrorCode::kUnavailable, "pod \"" + StringAt(pod, {"metadata", "name"}) + "\" failed with " +
                                           std::to_string(code) + ": " + why);
}

void ProbeForbiddenWay(const KubeClient& kube, Facts* facts) {
  const std::string host = AddressOfHead(*facts);
  if (host.empty()) return;
  const int port = GcsPort(facts->ray_cluster);
  const Json pod = StrangerPod(*facts, host, port);
  const std::string policy = PolicyAgainst(*facts, At(pod, {"metadata", "labels"}));
  if (policy.empty()) {
    kube.Note(
        "no NetworkPolicy that may be read keeps other pods of the namespace from the head: nothing is to be "
        "tried");
    return;
  }
  facts->forbidden_way = Probe(kube, *facts, pod, {policy, host, port, false});
}

}  // namespace kubectl_ray
