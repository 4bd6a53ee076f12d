#include "kubectl-ray/checks/cluster_checks.h"

#include "kubectl-ray/apply/operator_rules.h"
#include "kubectl-ray/checks/unknown.h"

namespace kubectl_ray {

using shared::StringAt;

Findings CheckHealth(const Facts& facts) {
  if (!*facts.status) return {Unknown(facts.status->error())};
  const ClusterStatus status = Diagnose(**facts.status);
  if (status.well) return {};
  return {{Level::kFail, "cluster \"" + status.name + "\" is " + status.health,
           status.way_out.empty() ? "Next: `" + status.next + "`." : status.way_out}};
}

Findings CheckAccepted(const Facts& facts) {
  if (*facts.accepted) return {};
  const shared::Error& error = facts.accepted->error();
  if (error.code == shared::ErrorCode::kAuth) return {Unknown(error)};
  return {{Level::kFail, "the API server refuses the object of \"" + facts.file + "\": " + error.message,
           error.hint}};
}

Findings CheckOperatorRules(const Facts& facts) {
  Findings findings;
  for (const BrokenRule& rule : BrokenRules(facts.manifest.is_null() ? facts.ray_cluster : facts.manifest)) {
    const std::string gate = rule.gate.empty() ? "" : ", unless its feature gate " + rule.gate + " is on";
    findings.push_back({rule.gate.empty() ? Level::kFail : Level::kWarn,
                        "KubeRay's operator refuses it" + gate + ": " + rule.field + " " + rule.cause,
                        rule.remedy, rule.field});
  }
  return findings;
}

namespace {

// Whether a probe's message says that this program is not there, as sh, bash and the container runtimes word
// it.
bool Lacks(const std::string& message, const std::string& program) {
  return message.find(program + ": not found") != std::string::npos ||
         message.find(program + ": command not found") != std::string::npos ||
         message.find("\"" + program + "\": executable file not found") != std::string::npos;
}

}  // namespace

Findings CheckProbes(const Facts& facts) {
  if (!*facts.status) return {};  // CheckHealth says why
  for (const auto& [pod, events] : (*facts.status)->events)
    for (const Json& event : events)
      for (const char* program : {"wget", "bash"})
        if (StringAt(event, {"reason"}) == "Unhealthy" && Lacks(StringAt(event, {"message"}), program))
          return {
              {Level::kFail, "a probe of pod \"" + pod + "\" fails because its image has no " + program,
               "KubeRay's probes need it: put it into the image, give the container probes of its own, or "
               "run Ray under ray-init-agent, which answers probes itself."}};
  return {};
}

}  // namespace kubectl_ray
