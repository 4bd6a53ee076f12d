#include "kubectl-ray/checks/check.h"

#include <algorithm>

#include "kubectl-ray/checks/access_checks.h"
#include "kubectl-ray/checks/capacity_checks.h"
#include "kubectl-ray/checks/cluster_checks.h"
#include "kubectl-ray/checks/installation_checks.h"
#include "kubectl-ray/checks/network_checks.h"
#include "kubectl-ray/checks/port_checks.h"
#include "kubectl-ray/checks/release_checks.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

bool Always(const Facts&) { return true; }
bool OfCluster(const Facts& facts) { return !facts.ray_cluster.is_null(); }
bool OfFile(const Facts& facts) { return facts.accepted.has_value(); }
bool OfStatus(const Facts& facts) { return facts.status.has_value(); }
bool OfWebSocket(const Facts& facts) { return facts.web_socket.has_value(); }
bool OfSilence(const Facts& facts) { return facts.silent_stream.has_value(); }
bool OfForbiddenWay(const Facts& facts) { return facts.forbidden_way.has_value(); }
bool OfLookups(const Facts& facts) { return facts.lookups.has_value(); }
bool OfConnections(const Facts& facts) { return facts.connections.has_value(); }
bool OfOperatorsCluster(const Facts& facts) {
  return OfCluster(facts) && facts.backend == Backend::kOperator;
}
bool OfOperator(const Facts& facts) { return facts.backend == Backend::kOperator; }

constexpr const char* kAccess = "access";
constexpr const char* kOperator = "operator";
constexpr const char* kCapacity = "capacity";
constexpr const char* kCluster = "cluster";
constexpr const char* kNetwork = "network";

const Check kChecks[] = {
    {"KR101", kAccess, "you may do what the commands do", CheckRights, Always},
    {"KR102", kAccess, "the API server validates what it is sent", CheckServerVersion, Always},
    {"KR103", kAccess, "a command runs in the head over a WebSocket", CheckWebSocket, OfWebSocket},
    {"KR104", kAccess, "a silent stream to the head is not cut in the time that was tried", CheckSilence,
     OfSilence},
    {"KR201", kOperator, "KubeRay's kinds are served", CheckServed, Always},
    {"KR202", kOperator, "an operator runs, fits its definitions and watches the namespace", CheckOperator,
     OfOperator},
    {"KR301", kCapacity, "the quotas have room for all pods to come", CheckQuota, OfCluster},
    {"KR302", kCapacity, "all containers are within the LimitRanges", CheckLimitRange, OfCluster},
    {"KR303", kCapacity, "the API server admits a pod of each group", CheckAdmission, OfCluster},
    {"KR304", kCapacity, "there are nodes for all pods to come", CheckNodes, OfCluster},
    {"KR401", kCluster, "the API server takes the file's object", CheckAccepted, OfFile},
    {"KR402", kCluster, "the cluster is ready", CheckHealth, OfStatus},
    {"KR403", kCluster, "head and groups have one release of Ray and Python", CheckImages, OfCluster},
    {"KR404", kCluster, "spec.rayVersion is the image's", CheckRayVersion, OfCluster},
    {"KR405", kCluster, "this release of Ray works here", CheckRelease, OfCluster},
    {"KR406", kCluster, "the images have what the probes run", CheckProbes, OfStatus},
    {"KR407", kCluster, "KubeRay's operator takes the object", CheckOperatorRules, OfOperatorsCluster},
    {"KR501", kNetwork, "Ray takes the rayStartParams, and their ports keep out of each other's way",
     CheckPorts, OfCluster},
    {"KR502", kNetwork, "the declared ports are those that Ray listens on", CheckNamedPorts, OfCluster},
    {"KR503", kNetwork, "the autoscaler finds the GCS", CheckAutoscalerPort, OfCluster},
    {"KR504", kNetwork, "the NetworkPolicies let the pods reach each other", CheckPolicies, OfCluster},
    {"KR505", kNetwork, "the pods reach each other", CheckConnections, OfConnections},
    {"KR506", kNetwork, "no service mesh is in the way", CheckMesh, Always},
    {"KR507", kNetwork, "the head's name resolves in the pods", CheckLookups, OfLookups},
    {"KR508", kNetwork, "a pod that the NetworkPolicies keep from the head does not reach it",
     CheckForbiddenWay, OfForbiddenWay},
};

// "fail" in red, "warn" in yellow, "ok" in green.
std::string Painted(Level level, bool color) {
  const std::string name = LevelName(level);
  const std::string padded = name + std::string(8 - name.size(), ' ');
  if (!color) return padded;
  constexpr const char* kPaints[] = {"\033[32m", "\033[2m", "\033[33m", "\033[31m"};
  return kPaints[static_cast<int>(level)] + padded + "\033[0m";
}

std::string Page(const Check& check) {
  std::string anchor = check.code;
  std::transform(anchor.begin(), anchor.end(), anchor.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return "docs/troubleshooting.md#" + anchor;
}

std::string RenderFinding(const Check& check, const Finding& finding, bool color) {
  std::string text =
      Painted(finding.level, color) + check.code + "  " + shared::EscapeControl(finding.evidence) + "\n";
  if (!finding.way_out.empty()) text += "               " + shared::EscapeControl(finding.way_out) + "\n";
  return text;
}

std::string Summary(const std::vector<CheckResult>& results) {
  int counts[4] = {};
  for (const CheckResult& result : results) ++counts[static_cast<int>(result.level())];
  std::string text = "\n" + std::to_string(results.size()) + " checks: " + std::to_string(counts[0]) + " ok";
  for (const Level level : {Level::kHidden, Level::kWarn, Level::kFail})
    if (const int count = counts[static_cast<int>(level)]; count > 0)
      text += ", " + std::to_string(count) + " " + LevelName(level);
  return text + "\n";
}

}  // namespace

std::span<const Check> Checks() { return kChecks; }

Level CheckResult::level() const {
  return std::max_element(findings.begin(), findings.end(),
                          [](const Finding& a, const Finding& b) { return a.level < b.level; })
      ->level;
}

std::vector<CheckResult> RunChecks(const Facts& facts, const std::vector<std::string>& suppressed) {
  std::vector<CheckResult> results;
  for (const Check& check : kChecks) {
    if (std::find(suppressed.begin(), suppressed.end(), check.code) != suppressed.end()) continue;
    if (!check.applies(facts)) continue;
    CheckResult result{&check, check.look(facts)};
    if (result.findings.empty()) result.findings.push_back({Level::kOk, check.what});
    results.push_back(std::move(result));
  }
  return results;
}

std::string RenderChecks(const std::vector<CheckResult>& results, bool color, bool wide) {
  std::string text, category;
  for (const CheckResult& result : results) {
    if (category != result.check->category) {
      category = result.check->category;
      text += (text.empty() ? "" : "\n") + category + "\n";
    }
    for (const Finding& finding : result.findings)
      text += "  " + RenderFinding(*result.check, finding, color);
    if (wide && result.level() != Level::kOk) text += "               " + Page(*result.check) + "\n";
  }
  return text + Summary(results);
}

std::vector<Json> FindingsToJson(const std::vector<CheckResult>& results) {
  std::vector<Json> findings;
  for (const CheckResult& result : results)
    for (const Finding& finding : result.findings)
      findings.push_back({{"code", result.check->code},
                          {"category", result.check->category},
                          {"level", LevelName(finding.level)},
                          {"what", result.check->what},
                          {"evidence", finding.evidence},
                          {"wayOut", finding.way_out},
                          {"field", finding.field},
                          {"page", Page(*result.check)}});
  return findings;
}

}  // namespace kubectl_ray
