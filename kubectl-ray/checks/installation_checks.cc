#include "kubectl-ray/checks/installation_checks.h"

#include <algorithm>
#include <sstream>

#include "kubectl-ray/checks/unknown.h"
#include "kubectl-ray/kinds/condition.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

std::string NameOf(const Json& object) {
  return "Deployment \"" + StringAt(object, {"metadata", "namespace"}) + "/" +
         StringAt(object, {"metadata", "name"}) + "\"";
}

// The namespaces after --watch-namespace; empty: all of them.
std::string WatchedNamespaces(const Json& deployment) {
  const Json& containers = At(deployment, {"spec", "template", "spec", "containers"});
  if (!containers.is_array() || containers.empty()) return "";
  const Json& args = At(containers[0], {"args"});
  if (!args.is_array()) return "";
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (!args[i].is_string()) continue;
    const std::string& arg = args[i].get_ref<const std::string&>();
    for (const std::string flag : {"--watch-namespace", "-watch-namespace"}) {
      if (arg.starts_with(flag + "=")) return arg.substr(flag.size() + 1);
      if (arg == flag && i + 1 < args.size() && args[i + 1].is_string()) return args[i + 1];
    }
  }
  return "";
}

bool Watches(const Json& deployment, const std::string& ns) {
  const std::string watched = WatchedNamespaces(deployment);
  if (watched.empty()) return true;
  std::istringstream names(watched);
  std::string name;
  while (std::getline(names, name, ','))
    if (name == ns) return true;
  return false;
}

std::string WhyNotAvailable(const Json& deployment) {
  if (shared::IntAt(deployment, {"spec", "replicas"}, 1) == 0) return "is scaled to 0";
  const Json& available = ConditionOf(deployment, "Available");
  if (StringAt(available, {"status"}) == "True") return "";
  const std::string message = StringAt(available, {"message"});
  return "has no pod that is ready" + (message.empty() ? "" : ": " + message);
}

}  // namespace

Findings CheckServed(const Facts& facts) {
  Findings findings;
  for (const auto& [plural, served] : facts.served) {
    if (!served) findings.push_back(Unknown(served.error()));
    if (!served || *served) continue;
    findings.push_back(
        {Level::kWarn, "the API server does not serve " + plural + " in ray.io/v1",
         "Clusters can be made without the operator; for RayJobs and RayServices install KubeRay "
         "1.1 or later."});
  }
  return findings;
}

Findings CheckOperator(const Facts& facts) {
  if (!facts.operators) return {Unknown(facts.operators.error())};
  const auto served = facts.served.find("rayclusters");
  const bool wanted = served != facts.served.end() && served->second && *served->second;
  if (facts.operators->empty()) {
    if (!wanted) return {};
    return {{Level::kFail, "KubeRay's CRDs are there, and no Deployment of its operator in any namespace",
             "Nothing acts on a RayCluster until the operator runs; `kubectl ray create cluster "
             "--without-operator` needs none."}};
  }
  Findings findings;
  std::size_t watching = 0;
  for (const Json& deployment : *facts.operators) {
    if (!Watches(deployment, facts.ns)) continue;
    ++watching;
    if (const std::string why = WhyNotAvailable(deployment); !why.empty())
      findings.push_back({Level::kFail, NameOf(deployment) + " " + why,
                          "`kubectl describe deployment " + StringAt(deployment, {"metadata", "name"}) +
                              " -n " + StringAt(deployment, {"metadata", "namespace"}) + "` says why."});
  }
  if (watching == 0)
    findings.push_back({Level::kFail,
                        "no operator watches namespace \"" + facts.ns +
                            "\": " + NameOf(facts.operators->front()) +
                            " has --watch-namespace=" + WatchedNamespaces(facts.operators->front()),
                        "Add the namespace to that flag, or work in one that it watches."});
  if (watching > 1)
    findings.push_back({Level::kFail,
                        std::to_string(watching) + " operators watch namespace \"" + facts.ns +
                            "\", the first is " + NameOf(facts.operators->front()),
                        "Two operators undo each other's work: remove one."});
  return findings;
}

}  // namespace kubectl_ray
