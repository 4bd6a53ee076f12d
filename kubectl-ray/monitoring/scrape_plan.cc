#include "kubectl-ray/monitoring/scrape_plan.h"

#include <map>
#include <optional>

#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/named_item.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/pods/ray_container.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr const char* kAutoscalerVariable = "AUTOSCALER_METRIC_PORT";
constexpr const char* kDashboardVariable = "DASHBOARD_METRIC_PORT";

int PortVariable(const Json& container, const char* name, int fallback) {
  return ParsePort(VariableOf(container, name)).value_or(fallback);
}

// Returns the number to scrape the nodes of a group at: 0 for the declared one, nothing if Ray chooses it.
std::optional<int> MetricsPort(const Json& group) {
  const int port = PortParam(At(group, {"rayStartParams"}), "metrics-export-port", kMetricsPort);
  if (port == 0) return std::nullopt;
  const int declared = DeclaredPort(RayContainer(At(group, {"template"})), kMetricsPortName, kMetricsPort);
  return port == declared ? 0 : port;
}

// Returns the number to scrape the agents of a group at: 0 for the declared one, nothing if they serve none.
std::optional<int> AgentMetricsPort(const Json& group) {
  const Json& container = RayContainer(At(group, {"template"}));
  const int port = AgentPort(container);
  if (port == 0) return std::nullopt;
  return port == DeclaredPort(container, kAgentPortName, 0) ? 0 : port;
}

std::string ChosenByRay(const std::string& cluster, const std::string& who) {
  return "cluster \"" + cluster + "\": " + who +
         " has its metrics at a port that Ray chooses (metrics-export-port 0), which no Prometheus finds "
         "here";
}

std::vector<ScrapePort> HeadPorts(const std::optional<int>& metrics, int autoscaler, int dashboard,
                                  const std::optional<int>& agent) {
  std::vector<ScrapePort> ports;
  if (metrics) ports.push_back({kMetricsPortName, *metrics});
  if (autoscaler != 0) ports.push_back({"as-metrics", autoscaler});
  if (dashboard != 0) ports.push_back({"dash-metrics", dashboard});
  if (agent) ports.push_back({kAgentPortName, *agent});
  return ports;
}

// Most heads have this, whatever their number of "metrics" is, and whether their agent has metrics.
std::vector<ScrapePort> UsualHeadPorts() {
  return HeadPorts(0, kAutoscalerMetricsPort, kDashboardMetricsPort, 0);
}

bool IsUsualHead(std::vector<ScrapePort> ports) {
  if (ports.empty() || ports.back().name != kAgentPortName) ports.push_back({kAgentPortName, 0});
  return ports == UsualHeadPorts();
}

std::vector<ScrapePort> HeadPortsOf(const Json& ray_cluster) {
  const Json& spec = At(ray_cluster, {"spec"});
  const Json& head = At(spec, {"headGroupSpec"});
  const Json& container = RayContainer(At(head, {"template"}));
  // The autoscaler runs in a container of its own then, of which these are the variables.
  const Json& autoscaler =
      shared::BoolAt(spec, {"enableInTreeAutoscaling"}) ? At(spec, {"autoscalerOptions"}) : container;
  return HeadPorts(MetricsPort(head), PortVariable(autoscaler, kAutoscalerVariable, kAutoscalerMetricsPort),
                   PortVariable(container, kDashboardVariable, kDashboardMetricsPort),
                   AgentMetricsPort(head));
}

// Where the workers of a group are scraped; nothing: not there.
struct WorkerPorts {
  std::optional<int> metrics, agent;

  auto operator<=>(const WorkerPorts&) const = default;
  bool IsUsual() const { return metrics == 0 && agent.value_or(0) == 0; }
};

struct ClusterScrapes {
  std::string name;
  std::vector<ScrapePort> head;
  std::map<WorkerPorts, std::vector<std::string>> groups;
  bool usual_workers = true;
  bool has_agents = false;  // some group's workers declare the agent's port
};

ClusterScrapes Read(const Json& ray_cluster, std::vector<std::string>* notes) {
  ClusterScrapes cluster{StringAt(ray_cluster, {"metadata", "name"}), HeadPortsOf(ray_cluster), {}};
  if (cluster.head.empty() || cluster.head.front().name != kMetricsPortName)
    notes->push_back(ChosenByRay(cluster.name, "the head"));
  const Json& groups = At(ray_cluster, {"spec", "workerGroupSpecs"});
  if (!groups.is_array()) return cluster;
  for (const Json& group : groups) {
    const std::string name = StringAt(group, {"groupName"});
    const WorkerPorts ports{MetricsPort(group), AgentMetricsPort(group)};
    if (!ports.IsUsual()) cluster.usual_workers = false;
    if (ports.agent == 0) cluster.has_agents = true;
    if (!ports.metrics) notes->push_back(ChosenByRay(cluster.name, "group \"" + name + "\""));
    if (ports.metrics || ports.agent) cluster.groups[ports].push_back(name);
  }
  return cluster;
}

ScrapedPods Heads(const std::string& cluster, std::vector<ScrapePort> ports) {
  return {cluster.empty() ? "ray-head" : cluster + "-ray-head", cluster, {}, "head", {}, std::move(ports)};
}

ScrapedPods Workers(const std::string& cluster, const WorkerPorts& ports) {
  ScrapedPods workers{
      cluster.empty() ? "ray-workers" : cluster + "-ray-workers", cluster, {}, "worker", {}, {}};
  if (ports.metrics) workers.ports.push_back({kMetricsPortName, *ports.metrics});
  if (ports.agent) workers.ports.push_back({kAgentPortName, *ports.agent});
  return workers;
}

void AddWorkersOf(const ClusterScrapes& cluster, std::vector<ScrapedPods>* pods) {
  if (cluster.usual_workers)
    return pods->push_back(
        Workers(cluster.name, {0, cluster.has_agents ? std::optional<int>(0) : std::nullopt}));
  for (const auto& [ports, groups] : cluster.groups) {
    ScrapedPods workers = Workers(cluster.name, ports);
    for (const ScrapePort& port : workers.ports) {
      const bool is_agent = port.name == kAgentPortName;
      if (port.number != 0) workers.name += (is_agent ? "-agent-" : "-") + std::to_string(port.number);
    }
    if (!ports.metrics) workers.name += "-any";
    if (ports.agent == 0) workers.name += "-agent";
    workers.groups = groups;
    pods->push_back(std::move(workers));
  }
}

}  // namespace

ScrapePlan PlanScrapes(const std::vector<Json>& ray_clusters, const std::string& cluster) {
  ScrapePlan plan;
  ScrapedPods heads = Heads("", UsualHeadPorts()), workers = Workers("", {0, 0});
  std::vector<ScrapedPods> own;
  for (const Json& ray_cluster : ray_clusters) {
    if (!cluster.empty() && StringAt(ray_cluster, {"metadata", "name"}) != cluster) continue;
    const ClusterScrapes scrapes = Read(ray_cluster, &plan.notes);
    if (!cluster.empty() || !IsUsualHead(scrapes.head)) {
      heads.except.push_back(scrapes.name);
      if (!scrapes.head.empty()) own.push_back(Heads(scrapes.name, scrapes.head));
    }
    if (!cluster.empty() || !scrapes.usual_workers) {
      workers.except.push_back(scrapes.name);
      AddWorkersOf(scrapes, &own);
    }
  }
  if (cluster.empty()) plan.pods = {std::move(heads), std::move(workers)};
  plan.pods.insert(plan.pods.end(), own.begin(), own.end());
  return plan;
}

}  // namespace kubectl_ray
