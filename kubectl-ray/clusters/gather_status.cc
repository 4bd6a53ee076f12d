#include "kubectl-ray/clusters/gather_status.h"

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/clusters/operator_refusal.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/kube/object_fields.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::StringAt;

constexpr std::chrono::seconds kPatience(60);
constexpr std::chrono::seconds kHeadPatience(3);  // with a head that is not ready
// Events of so many pods are fetched; a screen shows no more.
constexpr std::size_t kPodsLookedInto = 10;

// Without the right to list pods, what the cluster reports of itself remains.
shared::Status AddPods(const KubeClient& kube, const std::string& ns, const std::string& name,
                       StatusInput* input) {
  const ListOptions options{.label_selector = RayPodSelector(name, ""), .fields = WithoutManagedFields()};
  auto pods = kube.ListAll(kPods, ns, options);
  if (!pods && pods.error().code != ErrorCode::kAuth) return shared::Unexpected(pods.error());
  input->pods_known = pods.has_value();
  if (pods) {
    input->pods = std::move(*pods);
    return shared::Ok();
  }
  kube.Note("pods are left out: " + pods.error().message);
  input->ray_failure = "its pods may not be looked at";
  return shared::Ok();
}

shared::Status AddEvents(const KubeClient& kube, const std::string& ns, StatusInput* input) {
  for (const Json& pod : input->pods) {
    if (input->events.size() == kPodsLookedInto) break;
    const PodState state = HealthOf(pod).state;
    if (state == PodState::kReady || state == PodState::kSucceeded || state == PodState::kEnding) continue;
    const std::string name = StringAt(pod, {"metadata", "name"});
    auto events =
        kube.ListAll(kEvents, ns, {.field_selector = "involvedObject.kind=Pod,involvedObject.name=" + name});
    // Events are often not readable though pods are; the diagnosis does without.
    if (!events && events.error().code == ErrorCode::kAuth) break;
    if (!events) return shared::Unexpected(events.error());
    input->events[name] = std::move(*events);
  }
  return shared::Ok();
}

int DashboardAgentPort(const Json& ray_cluster) {
  return PortParam(shared::At(ray_cluster, {"spec", "headGroupSpec", "rayStartParams"}),
                   "dashboard-agent-listen-port", kDashboardAgentPort);
}

// Why Ray could not be asked; empty if it was. `patience`: for each question.
std::string AskDashboard(const DashboardReader& read, std::chrono::seconds patience, StatusInput* input) {
  const std::pair<const char*, Json*> paths[] = {{"/api/cluster_status?format=1", &input->ray_status},
                                                 {"/nodes?view=summary", &input->ray_nodes},
                                                 {"/api/jobs/", &input->ray_jobs}};
  for (const auto& [path, answer] : paths) {
    if (input->gcs && answer != &input->ray_jobs) continue;
    auto got = read(path, patience);
    if (!got) return got.error().message;
    *answer = std::move(*got);
  }
  return "";
}

}  // namespace

shared::Result<StatusInput> GatherObjects(const KubeClient& kube, const std::string& ns,
                                          const std::string& name) {
  StatusInput input;
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(kube, ns, name));
  input.with_operator = cluster.backend == Backend::kOperator;
  input.ray_cluster = cluster.ray_cluster;
  input.refused = RefusalOfPods(cluster);
  TRY(AddPods(kube, ns, name, &input));
  if (input.with_operator && shared::At(input.ray_cluster, {"status"}).empty())
    input.refused = WhyOperatorRefuses(kube, input.ray_cluster);
  input.queued = WhyQueued(kube, input.ray_cluster);
  if (input.pods_known) TRY(AddEvents(kube, ns, &input));
  input.now = Now();
  return input;
}

std::optional<HeadPod> HeadOf(const StatusInput& input) {
  const std::vector<RayPod> pods = ReadRayPods(input.pods);
  const RayPod* head = BestHead(pods);
  if (head == nullptr || head->deleting) return std::nullopt;
  return ReadHeadPod(input.pods[static_cast<std::size_t>(head - pods.data())]);
}

void AddRaysAnswers(const KubeClient& kube, const DashboardReader& read, StatusInput* input) {
  if (!input->pods_known) return;
  const std::optional<HeadPod> head = HeadOf(*input);
  if (!head) {
    input->ray_failure = "its head is not ready";
    return;
  }
  input->ray_failure = AskDashboard(read, head->ready ? kPatience : kHeadPatience, input);
  if (head->ready || input->ray_failure.empty()) return;
  input->ray_failure = "its head is not ready";  // the pods' part says why
  if (HasGivenUpDashboard(kube, *head, DashboardAgentPort(input->ray_cluster),
                          Deadline::After(kHeadPatience)))
    input->dashboard_given_up = head->name;
}

shared::Result<StatusInput> GatherStatus(const KubeClient& kube, const std::string& ns,
                                         const std::string& name, const DashboardReader& read) {
  ASSIGN_OR_RETURN(StatusInput input, GatherObjects(kube, ns, name));
  AddRaysAnswers(kube, read, &input);
  input.now = Now();
  return input;
}

}  // namespace kubectl_ray
