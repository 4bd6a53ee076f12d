#include "kubectl-ray/checks/installation_checks.h"

#include <algorithm>

#include "kubectl-ray/checks/unknown.h"

namespace kubectl_ray {
namespace {

bool Watches(const OperatorState& one, const std::string& ns) {
  return one.watched.empty() || std::find(one.watched.begin(), one.watched.end(), ns) != one.watched.end();
}

bool ServesRayClusters(const Facts& facts) {
  const auto served = facts.served.find("rayclusters");
  return served != facts.served.end() && served->second && *served->second;
}

}  // namespace

Findings CheckServed(const Facts& facts) {
  Findings findings;
  for (const auto& [plural, served] : facts.served) {
    if (!served) findings.push_back(Unknown(served.error()));
    if (!served || *served) continue;
    findings.push_back({Level::kWarn, "the API server does not serve " + plural + " in ray.io/v1",
                        "Clusters can be made without the operator; for RayJobs and RayServices there is "
                        "`kubectl ray operator install`."});
  }
  return findings;
}

Findings CheckOperator(const Facts& facts) {
  if (!facts.installation) return {Unknown(facts.installation.error())};
  const OperatorReport report = DiagnoseOperator(*facts.installation);
  Findings findings;
  for (const std::string& not_seen : report.not_seen)
    findings.push_back({Level::kHidden, "not allowed to look: " + not_seen,
                        "Ask whoever runs the Kubernetes cluster for `kubectl ray operator status`."});
  if (report.operators.empty() && !ServesRayClusters(facts)) return findings;
  for (const std::string& problem : report.problems)
    findings.push_back({Level::kFail, problem, "`kubectl ray operator status` shows all of it."});
  if (report.operators.empty()) return findings;
  const bool watched = std::any_of(report.operators.begin(), report.operators.end(),
                                   [&](const OperatorState& one) { return Watches(one, facts.ns); });
  if (!watched)
    findings.push_back({Level::kFail,
                        "no operator watches namespace \"" + facts.ns + "\": the one in \"" +
                            report.operators.front().ns + "\" watches others alone",
                        "Add the namespace to its flag --watch-namespace, or work in one that it watches."});
  return findings;
}

}  // namespace kubectl_ray
