#include "kubectl-ray/clusters/cluster_progress.h"

#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

using shared::Json;
using shared::StringAt;

std::string OwnReport::Describe(std::int64_t workers) const {
  if (!head_ready) return "its head is not ready";
  return std::to_string(ready_workers) + " of " + std::to_string(workers) + " workers ready";
}

OwnReport ReadOwnReport(const Json& ray_cluster) {
  const std::string head = StringAt(ConditionOf(ray_cluster, "HeadPodReady"), {"status"});
  // KubeRay has conditions since 1.2.
  const bool all = StringAt(ray_cluster, {"status", "state"}) == "ready";
  return {.head_ready = head.empty() ? all : head == "True",
          .ready_workers = shared::IntAt(ray_cluster, {"status", "readyWorkerReplicas"})};
}

void ClusterProgress::Update(const Json& pod) {
  if (IsOver(pod)) return Remove(pod);  // another pod will replace it
  Pod& known = pods_[StringAt(pod, {"metadata", "name"})];
  known = {StringAt(pod, {"metadata", "labels", kNodeTypeLabel}) == "head", HealthOf(pod), {}};
  AddQuotaUsage(pod, &known.usage);
}

QuotaUsage ClusterProgress::Usage() const {
  QuotaUsage sum;
  for (const auto& [pod_name, pod] : pods_)
    for (const auto& [name, amount] : pod.usage) sum[name] = sum[name] + amount;
  return sum;
}

void ClusterProgress::Remove(const Json& pod) { pods_.erase(StringAt(pod, {"metadata", "name"})); }

std::int64_t ClusterProgress::ReadyWorkers() const {
  std::int64_t count = 0;
  for (const auto& [name, pod] : pods_) count += !pod.head && pod.health.state == PodState::kReady ? 1 : 0;
  return count;
}

bool ClusterProgress::ready() const {
  bool head = false;
  for (const auto& [name, pod] : pods_) head = head || (pod.head && pod.health.state == PodState::kReady);
  return head && ReadyWorkers() >= wanted_;
}

bool ClusterProgress::complete() const {
  std::int64_t heads = 0, workers = 0;
  for (const auto& [name, pod] : pods_)
    if (pod.health.state != PodState::kEnding) ++(pod.head ? heads : workers);
  return heads > 0 && workers >= wanted_;
}

std::string ClusterProgress::DescribeHead() const {
  for (const auto& [name, pod] : pods_)
    if (pod.head && pod.health.state == PodState::kReady) return "head ready";
  for (const auto& [name, pod] : pods_)
    if (pod.head && pod.health.state != PodState::kEnding)
      return "head pod \"" + name + "\" " + pod.health.reason;
  return "head pod is not there yet";
}

std::string ClusterProgress::DescribeWorkers() const {
  std::map<std::string, int> reasons;
  for (const auto& [name, pod] : pods_)
    if (!pod.head && pod.health.state != PodState::kReady) ++reasons[pod.health.reason];
  std::string text =
      "workers " + std::to_string(ReadyWorkers()) + " of " + std::to_string(wanted_) + " ready";
  std::string listed;
  for (const auto& [reason, count] : reasons)
    listed += (listed.empty() ? "" : "; ") + std::to_string(count) + " " + reason;
  return listed.empty() ? text : text + " (" + listed + ")";
}

std::string ClusterProgress::Describe() const {
  return wanted_ == 0 ? DescribeHead() : DescribeHead() + "; " + DescribeWorkers();
}

std::string ClusterProgress::WayOut() const {
  std::string way_out;
  for (const auto& [name, pod] : pods_) {
    if (pod.head && !pod.health.way_out.empty()) return pod.health.way_out;
    if (way_out.empty()) way_out = pod.health.way_out;
  }
  return way_out;
}

std::string ClusterProgress::Hopeless() const {
  for (const auto& [name, pod] : pods_)
    if (pod.health.hopeless) return "pod \"" + name + "\" " + pod.health.reason;
  return "";
}

}  // namespace kubectl_ray
