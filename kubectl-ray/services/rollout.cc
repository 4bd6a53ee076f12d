#include "kubectl-ray/services/rollout.h"

#include <algorithm>

#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/services/report_age.h"
#include "kubectl-ray/services/serve_state.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr const char* kActive = "activeServiceStatus";
constexpr const char* kPending = "pendingServiceStatus";

bool IsTrue(const Json& service, const char* condition) {
  return StringAt(ConditionOf(service, condition), {"status"}) == "True";
}

std::optional<int> Percent(const Json& status, const char* key) {
  const Json& value = At(status, {key});
  return value.is_number_integer() ? std::optional(value.get<int>()) : std::nullopt;
}

std::vector<ServeProgress> ServesOf(const Json& statuses) {
  std::vector<ServeProgress> serves;
  if (!statuses.is_object()) return serves;
  for (const auto& [name, status] : statuses.items())
    serves.push_back({name, StringAt(status, {"status"}, "NEW"), StringAt(status, {"message"}),
                      ServesOf(At(status, {"serveDeploymentStatuses"}))});
  return serves;
}

// What keeps a cluster from being ready for good, if anything does.
struct Obstacle {
  std::string hopeless;  // only a person's change helps
  std::string waits;     // it may pass
};

Obstacle ReadPods(const std::vector<Json>& pods, RolloutCluster* cluster) {
  Obstacle obstacle;
  for (const Json& pod : pods) {
    const PodHealth health = HealthOf(pod, true);
    if (health.state == PodState::kEnding) continue;
    ++cluster->pods;
    if (health.state == PodState::kReady) ++cluster->ready_pods;
    const std::string name = StringAt(pod, {"metadata", "name"});
    if (!health.remark.empty()) cluster->remarks[name] = health.remark;
    if (health.reason.empty()) continue;
    cluster->troubles[name] = health.reason;
    std::string& text = health.hopeless ? obstacle.hopeless : obstacle.waits;
    if (text.empty()) text = "pod \"" + name + "\" " + health.reason;
  }
  return obstacle;
}

std::string Said(const char* noun, const ServeProgress& serve) {
  return ServeStateInWords(noun, serve.name, serve.status, serve.message);
}

// Ray Serve gives an application up as DEPLOY_FAILED, and the operator waits for it without an end.
Obstacle ReadApplications(const std::vector<ServeProgress>& applications) {
  Obstacle obstacle;
  for (const ServeProgress& application : applications) {
    if (application.status == "RUNNING") continue;
    std::string& text = application.status == "DEPLOY_FAILED" ? obstacle.hopeless : obstacle.waits;
    if (text.empty()) text = Said("application", application);
  }
  return obstacle;
}

struct Obstacles {
  Obstacle applications, pods;
};

Obstacles AddCluster(const Json& service, const char* which,
                     const std::map<std::string, std::vector<Json>>& pods, Rollout* rollout) {
  const Json& status = At(service, {"status", which});
  RolloutCluster cluster;
  cluster.name = StringAt(status, {"rayClusterName"});
  if (cluster.name.empty()) return {};
  cluster.pending = which == std::string_view(kPending);
  cluster.capacity = Percent(status, "targetCapacity");
  cluster.traffic = Percent(status, "trafficRoutedPercent");
  cluster.applications = ServesOf(At(status, {"applicationStatuses"}));
  Obstacles obstacles;
  obstacles.applications = ReadApplications(cluster.applications);
  if (const auto found = pods.find(cluster.name); found != pods.end())
    obstacles.pods = ReadPods(found->second, &cluster);
  rollout->clusters.push_back(std::move(cluster));
  return obstacles;
}

void Decide(RolloutVerdict verdict, std::string why, Rollout* rollout) {
  rollout->verdict = verdict;
  rollout->why = std::move(why);
}

// The operator gives up, for good after a timeout (markFailedOnInitializingTimeout in
// rayservice_controller.go).
bool HasGivenUp(const Json& service) {
  const std::string reason = StringAt(ConditionOf(service, "Ready"), {"reason"});
  return reason == "InitializingTimeout" ||
         (reason == "ValidationFailed" && IsValidationOfLastChange(service));
}

std::string ConditionText(const Json& condition) {
  const std::string message = StringAt(condition, {"message"});
  return StringAt(condition, {"reason"}) + (message.empty() ? "" : ": " + InOneLine(message));
}

bool IsPaused(const Json& service) {
  return shared::BoolAt(service, {"spec", "suspend"}) || IsTrue(service, "Suspended") ||
         IsTrue(service, "Suspending");
}

// Before 1.3 there are no conditions.
bool IsServing(const Json& service) {
  return IsTrue(service, "Ready") || StringAt(service, {"status", "serviceStatus"}) == "Running";
}

// What it waits for, if nothing keeps it from going on.
std::string WaitsFor(const Json& service, const Obstacles& obstacles, bool serves) {
  if (IsTrue(service, "RollbackInProgress")) return "it goes back to the active cluster";
  if (!serves && !obstacles.pods.waits.empty()) return obstacles.pods.waits;
  return obstacles.applications.waits.empty() ? "its applications start" : obstacles.applications.waits;
}

// `obstacles`: of the pending cluster, if there is one; else of the active one, whose pods need not all be
// well if it serves.
void Judge(const Json& service, const Obstacles& obstacles, bool upgrades, bool report_is_new,
           Rollout* rollout) {
  const bool serves = !upgrades && IsServing(service);
  const auto& [applications, pods] = obstacles;
  const bool applications_decide = !applications.hopeless.empty() || (serves && applications.waits.empty());
  if (IsPaused(service)) return Decide(RolloutVerdict::kPaused, "it is suspended", rollout);
  if (HasGivenUp(service))
    return Decide(RolloutVerdict::kFailed, ConditionText(ConditionOf(service, "Ready")), rollout);
  if (!HasSeenLastChange(service))
    return Decide(RolloutVerdict::kProgressing, "the operator has not seen the last change yet", rollout);
  if (applications_decide && !report_is_new)
    return Decide(RolloutVerdict::kProgressing,
                  "the operator has not reported the applications since the last change", rollout);
  if (!applications.hopeless.empty()) return Decide(RolloutVerdict::kFailed, applications.hopeless, rollout);
  if (serves && applications.waits.empty()) return Decide(RolloutVerdict::kReady, "", rollout);
  if (!serves && !pods.hopeless.empty()) return Decide(RolloutVerdict::kFailed, pods.hopeless, rollout);
  Decide(RolloutVerdict::kProgressing, WaitsFor(service, obstacles, serves), rollout);
}

std::string Indented(int depth, const std::string& text) {
  return std::string(static_cast<std::size_t>(depth) * 2, ' ') + shared::EscapeControl(text) + "\n";
}

std::string RenderCluster(const RolloutCluster& cluster) {
  std::string line = (cluster.pending ? "pending  " : "active   ") + cluster.name;
  if (cluster.capacity) line += ", capacity " + std::to_string(*cluster.capacity) + "%";
  if (cluster.traffic) line += ", traffic " + std::to_string(*cluster.traffic) + "%";
  std::string text = Indented(1, line);
  for (const ServeProgress& application : cluster.applications) {
    text += Indented(2, Said("application", application));
    for (const ServeProgress& deployment : application.deployments)
      text += Indented(3, Said("deployment", deployment));
  }
  text +=
      Indented(2, std::to_string(cluster.ready_pods) + " of " + std::to_string(cluster.pods) + " pods ready");
  for (const auto& [pod, why] : cluster.troubles) text += Indented(3, pod + ": " + InOneLine(why));
  for (const auto& [pod, remark] : cluster.remarks)
    text += Indented(3, pod + " is well: " + InOneLine(remark));
  return text;
}

const char* VerdictWord(RolloutVerdict verdict) {
  switch (verdict) {
    case RolloutVerdict::kReady:
      return "ready";
    case RolloutVerdict::kFailed:
      return "failed";
    case RolloutVerdict::kPaused:
      return "paused";
    case RolloutVerdict::kProgressing:
      break;
  }
  return "progressing";
}

Json ServesToJson(const std::vector<ServeProgress>& serves) {
  Json list = Json::array();
  for (const ServeProgress& serve : serves) {
    Json item = {{"name", serve.name}, {"status", serve.status}, {"message", serve.message}};
    if (!serve.deployments.empty()) item["deployments"] = ServesToJson(serve.deployments);
    list.push_back(std::move(item));
  }
  return list;
}

Json ClusterToJson(const RolloutCluster& cluster) {
  Json json = {{"name", cluster.name}, {"role", cluster.pending ? "pending" : "active"}};
  if (cluster.capacity) json["capacityPercent"] = *cluster.capacity;
  if (cluster.traffic) json["trafficPercent"] = *cluster.traffic;
  json["applications"] = ServesToJson(cluster.applications);
  json["pods"] = cluster.pods;
  json["readyPods"] = cluster.ready_pods;
  json["troubles"] = cluster.troubles;
  json["remarks"] = cluster.remarks;
  return json;
}

}  // namespace

std::vector<std::string> ClustersOf(const Json& service) {
  std::vector<std::string> names;
  for (const char* which : {kActive, kPending})
    if (std::string name = StringAt(service, {"status", which, "rayClusterName"}); !name.empty())
      names.push_back(std::move(name));
  return names;
}

Rollout ReadRollout(const Json& service, const std::map<std::string, std::vector<Json>>& pods,
                    bool report_is_new) {
  Rollout rollout;
  rollout.name = StringAt(service, {"metadata", "name"});
  rollout.ns = StringAt(service, {"metadata", "namespace"});
  rollout.endpoints = static_cast<int>(shared::IntAt(service, {"status", "numServeEndpoints"}));
  const Obstacles active = AddCluster(service, kActive, pods, &rollout);
  const std::size_t before = rollout.clusters.size();
  const Obstacles pending = AddCluster(service, kPending, pods, &rollout);
  const bool has_pending = rollout.clusters.size() > before;
  Judge(service, has_pending ? pending : active, has_pending || IsTrue(service, "UpgradeInProgress"),
        report_is_new, &rollout);
  return rollout;
}

std::string RenderVerdict(const Rollout& rollout) {
  const std::string name = "rayservice.ray.io/" + rollout.name;
  const std::string why = rollout.why.empty() ? "" : ": " + rollout.why;
  switch (rollout.verdict) {
    case RolloutVerdict::kReady:
      return shared::EscapeControl(name + " serves what was applied, at " +
                                   std::to_string(rollout.endpoints) + " endpoint" +
                                   (rollout.endpoints == 1 ? "" : "s"));
    case RolloutVerdict::kFailed:
      return shared::EscapeControl(name + " cannot finish" + why);
    case RolloutVerdict::kPaused:
      return shared::EscapeControl(name + " is paused" + why);
    case RolloutVerdict::kProgressing:
      break;
  }
  return shared::EscapeControl(name + " is on its way" + why);
}

std::string RenderRollout(const Rollout& rollout) {
  std::string text;
  for (const RolloutCluster& cluster : rollout.clusters) text += RenderCluster(cluster);
  return RenderVerdict(rollout) + "\n" + text;
}

Json RolloutToJson(const Rollout& rollout) {
  Json clusters = Json::array();
  for (const RolloutCluster& cluster : rollout.clusters) clusters.push_back(ClusterToJson(cluster));
  return {{"name", rollout.name},
          {"namespace", rollout.ns},
          {"verdict", VerdictWord(rollout.verdict)},
          {"why", rollout.why},
          {"serveEndpoints", rollout.endpoints},
          {"clusters", std::move(clusters)}};
}

}  // namespace kubectl_ray
