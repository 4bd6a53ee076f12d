#include "kubectl-ray/clusters/status.h"

#include <algorithm>

#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/cluster_progress.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kinds/stop_hook.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

std::string GroupOf(const Json& pod) { return StringAt(pod, {"metadata", "labels", kGroupLabel}); }

// A pod of a RayService may be well though it is not ready; then Ray's own list of nodes decides.
PodHealth HealthIn(const StatusInput& input, const RayView& ray, const Json& pod) {
  const bool of_ray_service =
      StringAt(input.ray_cluster, {"metadata", "labels", kOriginLabel}) == kRayServices.kind;
  PodHealth health = HealthOf(pod, of_ray_service);
  if (health.state == PodState::kReady && !health.remark.empty() &&
      ray.lost.contains(StringAt(pod, {"status", "podIP"})))
    return {.state = PodState::kFailing, .reason = "runs, but Ray counts its node as dead", .has_log = true};
  return health;
}

std::int64_t PodsLeft(const StatusInput& input) {
  return std::count_if(input.pods.begin(), input.pods.end(), [](const Json& pod) { return !IsOver(pod); });
}

std::vector<GroupStatus> Groups(const StatusInput& input, const RayView& ray) {
  const bool suspended = IsSuspended(input.ray_cluster);
  std::vector<GroupStatus> groups = {{kHeadGroupName, suspended ? 0 : 1, 0, 0}};
  for (const Json& spec : At(input.ray_cluster, {"spec", "workerGroupSpecs"})) {
    groups.push_back({StringAt(spec, {"groupName"}), suspended ? 0 : DesiredWorkers(spec), 0, 0});
  }
  for (const Json& pod : input.pods) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const GroupStatus& g) { return g.name == GroupOf(pod); });
    if (group == groups.end()) continue;
    const PodState state = HealthIn(input, ray, pod).state;
    if (state == PodState::kReady) ++group->ready;
    const bool comes =
        state == PodState::kStarting || state == PodState::kPending || state == PodState::kFailing;
    if (comes && !IsOver(pod)) ++group->pending;
  }
  return groups;
}

// Returns the newest warning among a pod's events.
std::string LastWarning(const std::vector<Json>& events) {
  std::string newest, text;
  for (const Json& event : events) {
    if (StringAt(event, {"type"}) != "Warning") continue;
    // The scheduler's warnings repeat the pod's condition, and remain after it was scheduled.
    if (StringAt(event, {"reason"}) == "FailedScheduling") continue;
    std::string time = StringAt(event, {"lastTimestamp"});
    if (time.empty()) time = StringAt(event, {"eventTime"});
    if (time < newest) continue;
    newest = time;
    text = StringAt(event, {"reason"}) + ": " +
           InOneLine(StringAt(event, {"message"}));  // a probe's message may have several lines
  }
  return text;
}

// Returns whether a pod that is over is a leftover: an evicted pod remains beside the one that replaced it.
bool IsReplaced(const Json& pod, const std::vector<GroupStatus>& groups) {
  if (!IsOver(pod)) return false;
  const auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const GroupStatus& g) { return g.name == GroupOf(pod); });
  return group == groups.end() || group->ready + group->pending >= group->desired;
}

std::vector<std::string> Remarks(const StatusInput& input, const RayView& ray) {
  std::vector<std::string> remarks;
  for (const Json& pod : input.pods)
    if (const PodHealth health = HealthIn(input, ray, pod); !health.remark.empty())
      remarks.push_back("pod \"" + StringAt(pod, {"metadata", "name"}) + "\": " + health.remark);
  for (const std::string& hook : StopHooks(At(input.ray_cluster, {"spec"}))) remarks.push_back(hook);
  return remarks;
}

std::vector<PodTrouble> Troubles(const StatusInput& input, const RayView& ray,
                                 const std::vector<GroupStatus>& groups) {
  std::vector<PodTrouble> troubles;
  for (const Json& pod : input.pods) {
    PodHealth health = HealthIn(input, ray, pod);
    if (health.state == PodState::kReady || health.state == PodState::kSucceeded) continue;
    if (IsReplaced(pod, groups)) continue;
    const std::string name = StringAt(pod, {"metadata", "name"});
    auto events = input.events.find(name);
    std::string warning = events == input.events.end() ? "" : LastWarning(events->second);
    if (name == input.dashboard_given_up) {
      health.reason += ": nothing answers on its dashboard's port, and Ray went on without it";
      health.way_out = "dashboard.log and dashboard.err say why: `kubectl ray logs " +
                       StringAt(input.ray_cluster, {"metadata", "name"}) + " -n " +
                       StringAt(input.ray_cluster, {"metadata", "namespace"}) +
                       " --node-type head --out-dir DIRECTORY` fetches them.";
    }
    troubles.push_back({name, GroupOf(pod), std::move(health), warning});
  }
  // The head first, because workers wait for it; then failed pods before those that are starting.
  std::stable_sort(troubles.begin(), troubles.end(), [](const PodTrouble& a, const PodTrouble& b) {
    auto rank = [](const PodTrouble& t) {
      return t.group == kHeadGroupName              ? 0
             : t.health.state == PodState::kFailing ? 1
             : t.health.state == PodState::kPending ? 2
                                                    : 3;
    };
    return rank(a) < rank(b);
  });
  return troubles;
}

// For a user who may not look at pods.
std::string HealthByReport(const StatusInput& input, const ClusterStatus& status) {
  std::int64_t workers = 0;
  for (const GroupStatus& group : status.groups) workers += group.name == kHeadGroupName ? 0 : group.desired;
  const OwnReport report = ReadOwnReport(input.ray_cluster);
  return report.IsReady(workers) ? "ready" : "not ready: " + report.Describe(workers);
}

std::string HealthLine(const StatusInput& input, const ClusterStatus& status) {
  if (At(input.ray_cluster, {"metadata", "deletionTimestamp"}).is_string()) return "is being deleted";
  if (IsSuspended(input.ray_cluster)) {
    const std::int64_t left = PodsLeft(input);
    if (left > 0) return "being suspended: " + shared::Counted(left, "pod") + " left";
    return input.queued.empty() ? "suspended" : "not ready: " + input.queued;
  }
  if (!input.refused.empty()) return "not ready: " + input.refused;
  if (!input.pods_known) return HealthByReport(input, status);
  const GroupStatus& head = status.groups.front();
  std::int64_t desired = 0, ready = 0;
  for (const GroupStatus& group : status.groups) {
    desired += group.desired;
    ready += std::min(group.ready, group.desired);
  }
  if (ready == desired) return "ready";
  if (!status.troubles.empty() && (head.ready == 0 || ready < desired)) {
    const PodTrouble& first = status.troubles.front();
    const std::string count = head.ready == 0 ? ""
                                              : shared::Counted(desired - ready, "worker") + " of " +
                                                    std::to_string(desired - 1) + " not ready: ";
    return "not ready: " + count + "pod \"" + first.pod + "\" " + first.health.reason;
  }
  if (!input.pods.empty() || !input.with_operator) return "not ready: pods are still being made";
  return At(input.ray_cluster, {"status"}).empty()
             ? "not ready: there are no pods yet; is KubeRay's operator running?"
             : "not ready: there are no pods yet";
}

std::string NextCommand(const StatusInput& input, const ClusterStatus& status) {
  const std::string where = status.name + " -n " + status.ns;
  if (!input.queued.empty()) return "kubectl describe workloads.kueue.x-k8s.io -n " + status.ns;
  if (IsSuspended(input.ray_cluster)) return "kubectl ray resume " + where;
  if (status.well)
    return status.ray.jobs.empty() ? "kubectl ray job submit --cluster " + where + " -- COMMAND"
                                   : "kubectl ray logs " + where + " -f";
  if (status.troubles.empty()) return "kubectl ray status " + where + " --watch";
  const PodTrouble& first = status.troubles.front();
  if (first.health.has_log)
    return "kubectl ray logs " + where +
           (first.group == kHeadGroupName ? " --node-type head" : " --node-type worker");
  return "kubectl describe pod " + first.pod + " -n " + status.ns;
}

RayView ReadRay(const StatusInput& input) {
  if (!input.gcs) return ReadRayView(input.ray_status, input.ray_nodes, input.ray_jobs);
  RayView view = ReadRayView({}, {}, input.ray_jobs);
  view.alive = static_cast<std::int64_t>(input.gcs->nodes.size());
  view.dead = input.gcs->dead;
  view.lost = input.gcs->lost;
  view.scaling = ReportOf(ScalingInputOf(input));
  return view;
}

void AddSource(const StatusInput& input, ClusterStatus* status) {
  if (input.gcs) {
    status->source = ScalingSource::kGcs;
    status->jobs_failure = input.ray_failure;
  } else {
    status->ray_failure = input.ray_failure;
    status->gcs_failure = input.gcs_failure;
    if (input.ray_failure.empty()) status->source = ScalingSource::kDashboard;
  }
}

// What waits for resources. What request_resources() asked for and the cluster has is no part of it.
std::vector<ExplainedDemand> Waiting(const StatusInput& input, const RayView& ray) {
  const ScalingFacts facts{input.ray_cluster, input.pods, ray.scaling, input.refused};
  std::vector<ExplainedDemand> waiting = ExplainDemands(facts, ScalingGroups(facts));
  std::erase_if(waiting, [](const ExplainedDemand& demand) { return demand.cause == WaitCause::kMet; });
  return waiting;
}

std::string Pad(const std::string& text, std::size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::string GroupTable(const std::vector<GroupStatus>& groups, bool counted) {
  const auto count = [&](std::int64_t pods) { return counted ? std::to_string(pods) : "?"; };
  std::size_t width = 5;
  for (const GroupStatus& group : groups) width = std::max(width, group.name.size());
  std::string text = Pad("GROUP", width) + "   DESIRED   READY   PENDING\n";
  for (const GroupStatus& group : groups)
    text += Pad(group.name, width) + "   " + Pad(std::to_string(group.desired), 7) + "   " +
            Pad(count(group.ready), 5) + "   " + count(group.pending) + "\n";
  return text;
}

// Pods of one group with the same reason are printed together.
std::string RenderTroubles(const std::vector<PodTrouble>& troubles) {
  constexpr std::size_t kReasonsShown = 10, kPodsShown = 3;
  std::vector<std::pair<const PodTrouble*, std::vector<std::string>>> reasons;
  for (const PodTrouble& trouble : troubles) {
    auto same = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) {
      return r.first->group == trouble.group && r.first->health == trouble.health &&
             r.first->warning == trouble.warning;
    });
    if (same == reasons.end()) same = reasons.insert(reasons.end(), {&trouble, {}});
    same->second.push_back(trouble.pod);
  }
  std::string text = "\nNot well:\n";
  for (std::size_t i = 0; i < reasons.size() && i < kReasonsShown; ++i) {
    const auto& [trouble, pods] = reasons[i];
    text += "  " + shared::Counted(static_cast<std::int64_t>(pods.size()), "pod") + " of " + trouble->group +
            ": " + trouble->health.reason + "\n";
    if (!trouble->health.way_out.empty()) text += "    " + trouble->health.way_out + "\n";
    if (!trouble->warning.empty()) text += "    " + trouble->warning + "\n";
    for (std::size_t p = 0; p < pods.size() && p < kPodsShown; ++p) text += "    - " + pods[p] + "\n";
    if (pods.size() > kPodsShown) text += "    - and " + std::to_string(pods.size() - kPodsShown) + " more\n";
  }
  if (reasons.size() > kReasonsShown)
    text += "  and " + std::to_string(reasons.size() - kReasonsShown) + " more reasons\n";
  return text;
}

std::string RenderRemarks(const std::vector<std::string>& remarks) {
  constexpr std::size_t kRemarksShown = 10;
  std::string text = remarks.empty() ? "" : "\nBeside that:\n";
  for (std::size_t i = 0; i < remarks.size() && i < kRemarksShown; ++i) text += "  " + remarks[i] + "\n";
  if (remarks.size() > kRemarksShown)
    text += "  and " + std::to_string(remarks.size() - kRemarksShown) + " more\n";
  return text;
}

std::string RenderRay(const ClusterStatus& status) {
  if (!status.ray_failure.empty()) return "\nRay: not asked: " + status.ray_failure + "\n";
  const RayView& ray = status.ray;
  std::string text = "\nRay: " + shared::Counted(ray.alive, "node") + " alive";
  if (ray.dead > 0) text += ", " + std::to_string(ray.dead) + " dead";
  for (std::size_t i = 0; i < ray.scaling.usage_lines.size(); ++i)
    text += (i == 0 ? "; used " : ", ") + ray.scaling.usage_lines[i];
  text += "\n";
  if (!status.gcs_failure.empty())
    text += "  (from its dashboard; not from its GCS: " + status.gcs_failure + ")\n";
  for (const std::string& node : ray.scaling.pending_lines) text += "  waiting for nodes: " + node + "\n";
  for (const ExplainedDemand& demand : status.waiting)
    text += "  waiting for resources: " + ToString(demand.demand) + ": " + demand.why + "\n";
  for (const std::string& demand : ray.scaling.unread_demands)
    text += "  waiting for resources: " + demand + "\n";
  if (!status.jobs_failure.empty()) text += "Jobs: not known: " + status.jobs_failure + "\n";
  if (!ray.jobs.empty()) text += "Jobs:\n";
  for (const std::string& job : ray.jobs) text += "  " + job + "\n";
  return text;
}

}  // namespace

ScalingInput ScalingInputOf(const StatusInput& input) {
  ScalingInput scaling{input.ray_cluster, input.pods};
  scaling.refused = input.refused;
  scaling.gcs = input.gcs;
  scaling.gcs_failure = input.gcs_failure;
  scaling.report = input.ray_status;
  scaling.node_summary = input.ray_nodes;
  scaling.v1_state = input.v1_state;
  scaling.ray_failure = input.ray_failure;
  scaling.now = input.now;
  return scaling;
}

ClusterStatus Diagnose(const StatusInput& input) {
  ClusterStatus status;
  status.name = StringAt(input.ray_cluster, {"metadata", "name"});
  status.ns = StringAt(input.ray_cluster, {"metadata", "namespace"});
  status.backend = input.with_operator ? "RayCluster" : "Deployments, without an operator";
  status.ray_version = StringAt(input.ray_cluster, {"spec", "rayVersion"}, "unknown");
  status.age = AgeOf(input.ray_cluster, input.now);
  status.ray = ReadRay(input);
  status.pods_known = input.pods_known;
  status.waiting = Waiting(input, status.ray);
  status.groups = Groups(input, status.ray);
  status.troubles = Troubles(input, status.ray, status.groups);
  status.remarks = Remarks(input, status.ray);
  AddSource(input, &status);
  status.health = HealthLine(input, status);
  status.way_out = WayOutOfRefusal(input.refused);
  status.well = status.health == "ready";
  status.next = NextCommand(input, status);
  return status;
}

std::string RenderObject(const Target& target, const std::string& ns, const Json& object) {
  if (target.kind->lines == nullptr) return "";
  std::string text = ToString(target) + " in namespace " + ns + ": ";
  for (const std::string& line : target.kind->lines(object))
    text += (text.ends_with('\n') ? "  " : "") + shared::EscapeControl(InOneLine(line)) + "\n";
  return text;
}

std::string RenderStatus(const ClusterStatus& status, bool color) {
  const char* paint = !color ? "" : status.well ? "\033[32m" : "\033[31m";
  std::string text = status.name + " in namespace " + status.ns + ": " + status.health + "\n";
  text += "Ray " + status.ray_version + ", " + status.backend + ", age " + status.age + "\n\n";
  text += GroupTable(status.groups, status.pods_known);
  if (!status.way_out.empty()) text += "\n" + status.way_out + "\n";
  if (!status.troubles.empty()) text += RenderTroubles(status.troubles);
  text += RenderRemarks(status.remarks) + RenderRay(status) + "\nNext: " + status.next + "\n";
  text = shared::EscapeControl(text);
  if (!color) return text;
  const std::size_t end = text.find('\n');
  return paint + text.substr(0, end) + "\033[0m" + text.substr(end);
}

Json StatusToJson(const ClusterStatus& status) {
  Json groups = Json::array(), troubles = Json::array(), waiting = Json::array();
  for (const ExplainedDemand& demand : status.waiting) waiting.push_back(DemandToJson(demand));
  for (const GroupStatus& g : status.groups) {
    groups.push_back({{"name", g.name}, {"desired", g.desired}, {"ready", nullptr}, {"pending", nullptr}});
    if (status.pods_known) groups.back().update({{"ready", g.ready}, {"pending", g.pending}});
  }
  for (const PodTrouble& t : status.troubles)
    troubles.push_back({{"pod", t.pod},
                        {"group", t.group},
                        {"reason", t.health.reason},
                        {"wayOut", t.health.way_out},
                        {"warning", t.warning}});
  return {{"name", status.name},
          {"namespace", status.ns},
          {"backend", status.backend},
          {"rayVersion", status.ray_version},
          {"well", status.well},
          {"health", status.health},
          {"wayOut", status.way_out},
          {"groups", groups},
          {"notWell", troubles},
          {"remarks", status.remarks},
          {"ray",
           {{"nodesAlive", status.ray.alive},
            {"nodesDead", status.ray.dead},
            {"usage", status.ray.scaling.usage_lines},
            {"demands", status.ray.scaling.demand_lines},
            {"pendingNodes", status.ray.scaling.pending_lines},
            {"waiting", waiting},
            {"jobs", status.ray.jobs},
            {"source", ScalingSourceName(status.source)},
            {"gcsFailure", status.gcs_failure},
            {"jobsFailure", status.jobs_failure},
            {"failure", status.ray_failure}}},
          {"next", status.next}};
}

}  // namespace kubectl_ray
