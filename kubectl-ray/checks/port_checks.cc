#include "kubectl-ray/checks/port_checks.h"

#include <charconv>
#include <optional>

#include "kubectl-ray/checks/pod_demand.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/ray/ray_release.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

constexpr int kFirstWorkerPort = 10002, kLastWorkerPort = 19999;

// A port of one process of every node, by the flag of `ray start` that moves it; 0: any free one.
struct RayPort {
  const char* param;
  int fallback;
  bool head_only;
};
constexpr RayPort kRayPorts[] = {
    {"port", kGcsPort, true},
    {"dashboard-port", kDashboardPort, true},
    {"ray-client-server-port", kClientPort, true},
    {"dashboard-agent-listen-port", kDashboardAgentPort, false},
    {"metrics-export-port", kMetricsPort, false},
    {"node-manager-port", 0, false},
    {"object-manager-port", 0, false},
    {"dashboard-agent-grpc-port", 0, false},
    {"runtime-env-agent-port", 0, false},
};

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

std::optional<int> ParsePort(const std::string& text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// The ports of one group's nodes, and what is wrong with single ones.
class PortMap {
 public:
  PortMap(const Group& group, Findings* findings) : group_(group), findings_(findings) {}

  void Read() {
    for (const RayPort& port : kRayPorts)
      if (!port.head_only || group_.head) Use(port.param, PortOf(port.param, port.fallback));
    first_ = PortOf("min-worker-port", kFirstWorkerPort);
    last_ = PortOf("max-worker-port", kLastWorkerPort);
    const bool listed = !Param("worker-port-list").empty();
    if (first_ == 0 || last_ == 0 || listed) return;
    CheckRange();
  }

 private:
  std::string Param(const char* name) const { return StringAt(*group_.spec, {"rayStartParams", name}); }

  int PortOf(const char* param, int fallback) {
    const std::string text = Param(param);
    if (text.empty()) return fallback;
    const std::optional<int> port = ParsePort(text);
    if (port && (*port == 0 || (*port >= 1024 && *port <= 65535))) return *port;
    Add(std::string(param) + " is \"" + text + "\", which is no port from 1024 to 65535");
    return 0;
  }

  void Use(const char* param, int port) {
    if (port == 0) return;
    const auto [other, fresh] = used_.try_emplace(port, param);
    if (!fresh) Add(std::string(other->second) + " and " + param + " are both " + std::to_string(port));
  }

  void CheckRange() {
    const std::string range = std::to_string(first_) + " to " + std::to_string(last_);
    if (last_ < first_) return Add("the workers' ports end before they begin: " + range);
    for (const auto& [port, param] : used_)
      if (port >= first_ && port <= last_)
        Add(std::string(param) + " is " + std::to_string(port) + ", inside the workers' ports " + range);
    const std::int64_t cpus = Cpus();
    if (last_ - first_ + 1 < cpus + 1)
      Add("the workers' ports " + range + " are " + std::to_string(last_ - first_ + 1) + " for " +
          std::to_string(cpus) + " CPUs and a driver, so that tasks hang");
  }

  std::int64_t Cpus() const {
    if (const auto given = ParsePort(Param("num-cpus"))) return *given;
    const Json& containers = At(*group_.spec, {"template", "spec", "containers"});
    if (!containers.is_array() || containers.empty()) return 0;
    for (const char* member : {"limits", "requests"})
      if (const Amounts amounts = AmountsOf(containers[0], member); amounts.contains("cpu"))
        return amounts.at("cpu").value();
    return 0;
  }

  void Add(std::string evidence) {
    findings_->push_back({Level::kFail,
                          "rayStartParams of " +
                              (group_.head ? "the head" : "group \"" + group_.name + "\"") + ": " +
                              std::move(evidence),
                          "Give each of them a port of its own from 1024 to 65535, and the workers a range "
                          "(min-worker-port, max-worker-port) with one port for each CPU and some more.",
                          group_.field + ".rayStartParams"});
  }

  const Group& group_;
  Findings* findings_;
  std::map<int, const char*> used_;
  int first_ = 0, last_ = 0;
};

}  // namespace

Findings CheckPorts(const Facts& facts) {
  Findings findings;
  for (const Group& group : Groups(facts)) PortMap(group, &findings).Read();
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
  const Json& spec = At(facts.ray_cluster, {"spec"});
  const std::string port = StringAt(spec, {"headGroupSpec", "rayStartParams", "port"});
  const auto release = ParseRayRelease(StringAt(spec, {"rayVersion"}));
  const bool knows = release && *release >= RayRelease{2, 60};
  if (!shared::BoolAt(spec, {"enableInTreeAutoscaling"}) || port.empty() || ParsePort(port) == kGcsPort ||
      knows)
    return {};
  return {{Level::kWarn,
           "the GCS listens on " + port + ", and the autoscaler of Ray " +
               StringAt(spec, {"rayVersion"}, "?") + " dials " + std::to_string(kGcsPort),
           "Leave the GCS on 6379 where the autoscaler runs.", "spec.headGroupSpec.rayStartParams.port"}};
}

}  // namespace kubectl_ray
