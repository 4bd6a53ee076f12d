#include "kubectl-ray/checks/port_checks.h"

#include "kubectl-ray/checks/pod_demand.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "shared/ray_start_params.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

struct Group {
  std::string name;
  const Json* spec;
  bool head;
  std::string field;
};

std::vector<Group> Groups(const Facts& facts) {
  const Json& spec = At(facts.ray_cluster, {"spec"});
  std::vector<Group> groups = {{kHeadGroupName, &At(spec, {"headGroupSpec"}), true, "spec.headGroupSpec"}};
  const Json& workers = At(spec, {"workerGroupSpecs"});
  if (workers.is_array())
    for (std::size_t i = 0; i < workers.size(); ++i)
      groups.push_back({StringAt(workers[i], {"groupName"}), &workers[i], false,
                        "spec.workerGroupSpecs[" + std::to_string(i) + "]"});
  return groups;
}

std::string OfGroup(const Group& group) { return group.head ? "the head" : "group \"" + group.name + "\""; }

shared::RayStartParams ParamsOf(const Group& group) {
  shared::RayStartParams params;
  const Json& given = At(*group.spec, {"rayStartParams"});
  if (given.is_object())
    for (const auto& [key, value] : given.items())
      if (value.is_string()) params.emplace(key, value.get<std::string>());
  return params;
}

// The CPUs that Ray takes for its own in a pod of the group; 0 if nothing says it.
std::int64_t CpusOf(const Group& group, const shared::RayStartParams& params) {
  if (const auto given = params.find("num-cpus"); given != params.end())
    return ParsePort(given->second).value_or(0);
  const Json& containers = At(*group.spec, {"template", "spec", "containers"});
  if (!containers.is_array() || containers.empty()) return 0;
  for (const char* member : {"limits", "requests"})
    if (const Amounts amounts = AmountsOf(containers[0], member); amounts.contains("cpu"))
      return amounts.at("cpu").value();
  return 0;
}

void CheckRange(const Group& group, const shared::RayStartParams& params, Findings* findings) {
  std::string wrong = TooFewWorkerPorts(params, OfGroup(group), CpusOf(group, params));
  if (wrong.empty()) return;
  findings->push_back({Level::kFail, std::move(wrong),
                       "Give max-worker-port one port for each CPU and some more.",
                       group.field + ".rayStartParams"});
}

}  // namespace

Findings CheckPorts(const Facts& facts) {
  Findings findings;
  const auto release = shared::ParseRayRelease(StringAt(facts.ray_cluster, {"spec", "rayVersion"}));
  for (const Group& group : Groups(facts)) {
    const shared::RayStartParams params = ParamsOf(group);
    const auto type = group.head ? shared::RayNodeType::kHead : shared::RayNodeType::kWorker;
    for (const shared::Error& error : shared::CheckRayStartParams(params, type, nullptr, release))
      findings.push_back(
          {Level::kFail, OfGroup(group) + ": " + error.message, error.hint, group.field + ".rayStartParams"});
    CheckRange(group, params, &findings);
    if (std::string clash = AgentPortClash(*group.spec, OfGroup(group), group.head); !clash.empty())
      findings.push_back({Level::kFail, std::move(clash),
                          "Set RAY_INIT_AGENT_HEALTH_PORT of the container to another port.",
                          group.field + ".template"});
  }
  return findings;
}

Findings CheckNamedPorts(const Facts& facts) {
  struct Named {
    const char* param;
    int fallback;
    std::vector<std::string_view> names;
  };
  static const Named kNamed[] = {{"port", kGcsPort, {"gcs", "gcs-server", "redis"}},
                                 {"dashboard-port", kDashboardPort, {"dashboard"}},
                                 {"ray-client-server-port", kClientPort, {"client"}},
                                 {"metrics-export-port", kMetricsPort, {"metrics"}}};
  const Json& head = At(facts.ray_cluster, {"spec", "headGroupSpec"});
  const Json& containers = At(head, {"template", "spec", "containers"});
  Findings findings;
  if (!containers.is_array() || containers.empty()) return findings;
  const Json& ports = At(containers[0], {"ports"});
  if (!ports.is_array()) return findings;
  for (const Json& port : ports)
    for (const Named& named : kNamed)
      for (const std::string_view name : named.names) {
        if (StringAt(port, {"name"}) != name) continue;
        const std::string given = StringAt(head, {"rayStartParams", named.param});
        const int wanted = ParsePort(given).value_or(named.fallback);
        const std::int64_t declared = shared::IntAt(port, {"containerPort"});
        if (declared == wanted) continue;
        findings.push_back({Level::kFail,
                            "the head's container declares port \"" + std::string(name) + "\" as " +
                                std::to_string(declared) + ", and Ray listens on " + std::to_string(wanted) +
                                " (rayStartParams " + named.param + ")",
                            "The Service leads to the declared one: make them equal.",
                            "spec.headGroupSpec.template.spec.containers[0].ports"});
      }
  return findings;
}

Findings CheckAutoscalerPort(const Facts& facts) {
  std::string wrong = AutoscalerMissesGcs(facts.ray_cluster);
  if (wrong.empty()) return {};
  return {{Level::kWarn, std::move(wrong), "Leave the GCS on 6379 where the autoscaler runs.",
           "spec.headGroupSpec.rayStartParams.port"}};
}

}  // namespace kubectl_ray
