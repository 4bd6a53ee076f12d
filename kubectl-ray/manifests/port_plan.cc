#include "kubectl-ray/manifests/port_plan.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/container_resources.h"
#include "shared/ray_release.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Ok;
using shared::Status;
using shared::StringAt;

struct PortRow {
  const char* name;   // in the file
  const char* param;  // of `ray start`; nullptr: none
  int PortPlan::*port;
  bool head_only;
};
constexpr std::array<PortRow, 10> kPortRows = {
    {{"gcs", "port", &PortPlan::gcs, true},
     {"client", "ray-client-server-port", &PortPlan::client, true},
     {"dashboard", "dashboard-port", &PortPlan::dashboard, true},
     {"serve", nullptr, &PortPlan::serve, true},
     {"dashboard-agent", "dashboard-agent-listen-port", &PortPlan::dashboard_agent, false},
     {"dashboard-agent-grpc", "dashboard-agent-grpc-port", &PortPlan::dashboard_agent_grpc, false},
     {"metrics", "metrics-export-port", &PortPlan::metrics, false},
     {"node-manager", "node-manager-port", &PortPlan::node_manager, false},
     {"object-manager", "object-manager-port", &PortPlan::object_manager, false},
     {"runtime-env-agent", "runtime-env-agent-port", &PortPlan::runtime_env_agent, false}}};
constexpr const char* kWorkersName = "workers";
constexpr const char* kFirstParam = "min-worker-port";
constexpr const char* kLastParam = "max-worker-port";

// Ports in use on a node: the plan's, and what Ray takes on a head whatever it is given. A client of the head
// has a server of its own on the loopback (python/ray/util/client/server/proxier.py).
struct TakenPorts {
  std::string what;
  int first, last;
};

std::vector<TakenPorts> TakenBy(const PortPlan& plan, bool head) {
  std::vector<TakenPorts> taken;
  if (head)
    taken = {{"Ray's own servers for clients", 23000, 23999},
             {"the autoscaler's metrics", kAutoscalerMetricsPort, kAutoscalerMetricsPort},
             {"the dashboard's metrics", kDashboardMetricsPort, kDashboardMetricsPort}};
  for (const PortRow& row : kPortRows)
    if (head || !row.head_only)
      taken.push_back({"\"" + std::string(row.name) + "\"", plan.*row.port, plan.*row.port});
  taken.push_back({"\"" + std::string(kWorkersName) + "\"", plan.first_worker, plan.last_worker});
  return taken;
}

std::string Numbers(const TakenPorts& ports) {
  return std::to_string(ports.first) + (ports.last == ports.first ? "" : "-" + std::to_string(ports.last));
}

Status CheckOverlaps(const PortPlan& plan) {
  const std::vector<TakenPorts> taken = TakenBy(plan, true);
  for (std::size_t i = 0; i < taken.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      if (taken[i].first > taken[j].last || taken[j].first > taken[i].last) continue;
      return Fail(ErrorCode::kUsage,
                  "cannot use the ports: " + taken[i].what + " (" + Numbers(taken[i]) + ") overlaps " +
                      taken[j].what + " (" + Numbers(taken[j]) + ")",
                  "Move one of the two in the file of --ports.");
    }
  return Ok();
}

std::int64_t CpusFor(const PodResources& resources, const StringMap& params) {
  if (const auto given = params.find("num-cpus"); given != params.end())
    return ParsePort(given->second).value_or(0);
  const std::string& text = resources.cpu_limit.empty() ? resources.cpu : resources.cpu_limit;
  return Quantity::Parse("cpu", text).value_or(Quantity()).value();
}

void PutPorts(const PortPlan& plan, bool head, StringMap* params) {
  for (const PortRow& row : kPortRows)
    if (row.param != nullptr && (head || !row.head_only))
      params->try_emplace(row.param, std::to_string(plan.*row.port));
  if (params->contains("worker-port-list")) return;
  params->try_emplace(kFirstParam, std::to_string(plan.first_worker));
  params->try_emplace(kLastParam, std::to_string(plan.last_worker));
}

// A group whose ports are fixed.
struct PortGroup {
  std::string who;  // for messages
  bool head;
  StringMap params;
  std::int64_t cpus;
};

Status PutPortsInAll(PortPlan plan, std::vector<PortGroup>* groups) {
  std::int64_t most = 0;
  for (const PortGroup& group : *groups) most = std::max(most, group.cpus);
  if (plan.last_worker == 0) {
    const std::int64_t last = plan.first_worker + WorkerPortsFor(most) - 1;
    if (last > 65535)
      return Fail(ErrorCode::kUsage,
                  "cannot use the ports: there are not " + std::to_string(WorkerPortsFor(most)) +
                      " of them from " + std::to_string(plan.first_worker) + " on for the workers",
                  "Have \"workers\" begin lower, or give its last port, too.");
    plan.last_worker = static_cast<int>(last);
  }
  TRY(CheckOverlaps(plan));
  for (PortGroup& group : *groups) {
    PutPorts(plan, group.head, &group.params);
    const std::string wrong = TooFewWorkerPorts(group.params, group.who, group.cpus);
    if (!wrong.empty())
      return Fail(ErrorCode::kUsage, "cannot use the ports: " + wrong,
                  "Give \"workers\" one port for each CPU and some more, or its first port alone.");
  }
  return Ok();
}

// The CPUs that Ray takes for its own in the group's pods; 0 if nothing says it.
std::int64_t CpusOfGroup(const Json& group) {
  if (const std::string given = StringAt(group, {"rayStartParams", "num-cpus"}); !given.empty())
    return ParsePort(given).value_or(0);
  const Json& container = shared::At(group, {"template", "spec", "containers"})[0];
  const Quantity limit = ResourceOf(container, "limits", "cpu");
  return (limit == Quantity() ? ResourceOf(container, "requests", "cpu") : limit).value();
}

PortGroup ReadPortGroup(const Json& group, const std::string& who, bool head) {
  PortGroup read{who, head, {}, CpusOfGroup(group)};
  const Json& params = shared::At(group, {"rayStartParams"});
  if (params.is_object())
    for (const auto& [key, value] : params.items())
      read.params[key] = value.is_string() ? value.get<std::string>() : value.dump();
  return read;
}

// Has the container declare the port by this name.
void DeclarePort(const char* name, int number, Json* container) {
  Json& ports = (*container)["ports"];
  for (Json& port : ports)
    if (StringAt(port, {"name"}) == name) {
      port["containerPort"] = number;
      return;
    }
  for (Json& port : ports)
    if (shared::IntAt(port, {"containerPort"}) == number && StringAt(port, {"name"}).empty()) {
      port["name"] = name;
      return;
    }
  ports.push_back({{"containerPort", number}, {"name", name}});
}

void WritePortGroup(const PortGroup& fixed, int serve_port, Json* group) {
  (*group)["rayStartParams"] = fixed.params;
  Json& container = (*group)["template"]["spec"]["containers"][0];
  DeclarePort("metrics", PortParam(fixed.params, "metrics-export-port", kMetricsPort), &container);
  if (!fixed.head) return;
  DeclarePort("gcs-server", PortParam(fixed.params, "port", kGcsPort), &container);
  DeclarePort("dashboard", PortParam(fixed.params, "dashboard-port", kDashboardPort), &container);
  DeclarePort("client", PortParam(fixed.params, "ray-client-server-port", kClientPort), &container);
  DeclarePort("serve", serve_port, &container);
}

// The ports of a group's pods by what it says; those that Ray chooses by chance are 0.
PortPlan PlanOf(const Json& group, const Json& container) {
  const Json& params = shared::At(group, {"rayStartParams"});
  PortPlan plan;
  plan.node_manager = plan.object_manager = plan.runtime_env_agent = plan.dashboard_agent_grpc = 0;
  for (const PortRow& row : kPortRows)
    if (row.param != nullptr) plan.*row.port = PortParam(params, row.param, plan.*row.port);
  plan.serve = DeclaredPort(container, "serve", kServePort);
  plan.first_worker = PortParam(params, kFirstParam, kFirstWorkerPort);
  const bool listed = !StringAt(params, {"worker-port-list"}).empty();
  plan.last_worker = listed || plan.first_worker == 0 ? 0 : PortParam(params, kLastParam, kLastWorkerPort);
  return plan;
}

shared::Result<int> ReadPort(std::string_view name, const YAML::Node& node, std::string_view text) {
  const std::optional<int> port = ParsePort(text);
  if (!port || *port < 1024)
    return YamlError(name, node, "a port from 1024 to 65535 is wanted here",
                     "Ray runs as a user who may not listen below 1024.");
  return *port;
}

Status ReadWorkers(std::string_view name, const YAML::Node& node, PortPlan* plan) {
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  const std::size_t dash = text.find('-');
  ASSIGN_OR_RETURN(plan->first_worker, ReadPort(name, node, std::string_view(text).substr(0, dash)));
  plan->last_worker = 0;
  if (dash == text.npos) return Ok();
  ASSIGN_OR_RETURN(plan->last_worker, ReadPort(name, node, std::string_view(text).substr(dash + 1)));
  if (plan->last_worker <= plan->first_worker)
    return YamlError(name, node, "the range of ports is empty", "Write FIRST-LAST, such as 8301-8600.");
  return Ok();
}

}  // namespace

shared::Result<PortPlan> ParsePortPlan(std::string_view name, std::string_view text) {
  PortPlan plan;
  ASSIGN_OR_RETURN(const YAML::Node node, LoadYaml(name, text));
  TRY(YamlToJson(name, node));  // finds duplicate keys
  if (node.IsNull()) return plan;
  if (!node.IsMap()) return YamlError(name, node, "a map of names to ports is wanted here");
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (key == kWorkersName) {
      TRY(ReadWorkers(name, entry.second, &plan));
      continue;
    }
    const auto row =
        std::find_if(kPortRows.begin(), kPortRows.end(), [&](const PortRow& one) { return key == one.name; });
    if (row == kPortRows.end()) {
      std::vector<std::string> known = {kWorkersName};
      for (const PortRow& one : kPortRows) known.push_back(one.name);
      return YamlError(name, entry.first, "unknown port \"" + shared::EscapeControl(key) + "\"",
                       shared::DidYouMean(key, known));
    }
    const std::string number = entry.second.IsScalar() ? entry.second.Scalar() : "";
    ASSIGN_OR_RETURN(plan.*row->port, ReadPort(name, entry.second, number));
  }
  return plan;
}

Status FixPorts(const PortPlan& plan, ClusterSpec* spec) {
  std::vector<PortGroup> groups = {{"the head", true, spec->head.ray_start_params,
                                    CpusFor(spec->head.resources, spec->head.ray_start_params)}};
  for (const WorkerGroup& group : spec->worker_groups)
    groups.push_back({"group \"" + group.name + "\"", false, group.ray_start_params,
                      CpusFor(group.resources, group.ray_start_params)});
  TRY(PutPortsInAll(plan, &groups));
  spec->head.serve_port = plan.serve;
  spec->head.ray_start_params = std::move(groups[0].params);
  for (std::size_t i = 0; i < spec->worker_groups.size(); ++i)
    spec->worker_groups[i].ray_start_params = std::move(groups[i + 1].params);
  return Ok();
}

Status FixPorts(const PortPlan& plan, Json* ray_cluster) {
  Json& spec = (*ray_cluster)["spec"];
  Json none = Json::array();
  Json& workers = spec.contains("workerGroupSpecs") ? spec["workerGroupSpecs"] : none;
  std::vector<PortGroup> groups = {ReadPortGroup(spec["headGroupSpec"], "the head", true)};
  for (const Json& worker : workers)
    groups.push_back(ReadPortGroup(worker, "group \"" + StringAt(worker, {"groupName"}) + "\"", false));
  TRY(PutPortsInAll(plan, &groups));
  WritePortGroup(groups[0], plan.serve, &spec["headGroupSpec"]);
  for (std::size_t i = 0; i < workers.size(); ++i) WritePortGroup(groups[i + 1], plan.serve, &workers[i]);
  return Ok();
}

void FollowFixedPorts(const Json& ray_cluster, WorkerGroup* group) {
  const Json& head = shared::At(ray_cluster, {"spec", "headGroupSpec", "rayStartParams"});
  // A head that leaves the node manager's port to chance has fixed none of them for all nodes.
  if (StringAt(head, {"node-manager-port"}).empty()) return;
  const auto follow = [&](const char* param) {
    if (const std::string port = StringAt(head, {param}); !port.empty())
      group->ray_start_params.try_emplace(param, port);
  };
  for (const PortRow& row : kPortRows)
    if (!row.head_only) follow(row.param);
  if (group->ray_start_params.contains("worker-port-list")) return;
  follow(kFirstParam);
  follow(kLastParam);
}

std::int64_t WorkerPortsFor(std::int64_t cpus) {
  constexpr std::int64_t kLeast = 200, kEachCpu = 10;
  return cpus > 65535 ? 65536 : std::max(kLeast, kEachCpu * cpus);
}

std::string TooFewWorkerPorts(const StringMap& params, const std::string& who, std::int64_t cpus) {
  const int first = PortParam(params, kFirstParam, kFirstWorkerPort);
  const int last = PortParam(params, kLastParam, kLastWorkerPort);
  if (first == 0 || last < first || params.contains("worker-port-list") || last - first + 1 > cpus) return "";
  return "the workers' ports " + std::to_string(first) + " to " + std::to_string(last) + " of " + who +
         " are " + std::to_string(last - first + 1) + " for " + std::to_string(cpus) +
         " CPUs and a driver, so that tasks hang";
}

std::string AgentPortClash(const Json& group, const std::string& who, bool head) {
  const Json& containers = shared::At(group, {"template", "spec", "containers"});
  if (!containers.is_array() || containers.empty()) return "";
  const int port = AgentPort(containers[0]);
  if (port == 0) return "";
  for (const TakenPorts& taken : TakenBy(PlanOf(group, containers[0]), head))
    if (taken.first <= port && port <= taken.last)
      return "the port " + std::to_string(port) + " of ray-init-agent's metrics on " + who + " is that of " +
             taken.what + " (" + Numbers(taken) + "), too";
  return "";
}

Status CheckAgentPorts(const Json& ray_cluster_spec) {
  std::string clash = AgentPortClash(shared::At(ray_cluster_spec, {"headGroupSpec"}), "the head", true);
  const Json& workers = shared::At(ray_cluster_spec, {"workerGroupSpecs"});
  if (workers.is_array())
    for (const Json& group : workers)
      if (clash.empty())
        clash = AgentPortClash(group, "group \"" + StringAt(group, {"groupName"}) + "\"", false);
  if (clash.empty()) return Ok();
  return Fail(ErrorCode::kUsage, "cannot use the ports: " + clash,
              "Give it another one: --agent-metrics=PORT.");
}

std::string AutoscalerMissesGcs(const Json& ray_cluster) {
  const Json& spec = shared::At(ray_cluster, {"spec"});
  const int port = PortParam(shared::At(spec, {"headGroupSpec", "rayStartParams"}), "port", kGcsPort);
  const std::string version = StringAt(spec, {"rayVersion"});
  const auto release = shared::ParseRayRelease(version);
  const bool knows = release && *release >= shared::RayRelease{2, 60};
  if (!shared::BoolAt(spec, {"enableInTreeAutoscaling"}) || port == kGcsPort || knows) return "";
  return "the GCS listens on " + std::to_string(port) + ", and the autoscaler of Ray " +
         (version.empty() ? "?" : version) + " dials " + std::to_string(kGcsPort);
}

}  // namespace kubectl_ray
