#include "kubectl-ray/monitoring/scrape_plan.h"

#include <map>
#include <optional>

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
  const Json& env = At(container, {"env"});
  if (env.is_array())
    for (const Json& variable : env)
      if (StringAt(variable, {"name"}) == name)
        return ParsePort(StringAt(variable, {"value"})).value_or(fallback);
  return fallback;
}

// Returns the number to scrape the nodes of a group at: 0 for the declared one, nothing if Ray chooses it.
std::optional<int> MetricsPort(const Json& group) {
  const int port = PortParam(At(group, {"rayStartParams"}), "metrics-export-port", kMetricsPort);
  if (port == 0) return std::nullopt;
  const int declared = DeclaredPort(RayContainer(At(group, {"template"})), kMetricsPortName, kMetricsPort);
  return port == declared ? 0 : port;
}

std::string ChosenByRay(const std::string& cluster, const std::string& who) {
  return "cluster \"" + cluster + "\": " + who +
         " has its metrics at a port that Ray chooses (metrics-export-port 0), which no Prometheus finds "
         "here";
}

std::vector<ScrapePort> HeadPorts(const std::optional<int>& metrics, int autoscaler, int dashboard) {
  std::vector<ScrapePort> ports;
  if (metrics) ports.push_back({kMetricsPortName, *metrics});
  if (autoscaler != 0) ports.push_back({"as-metrics", autoscaler});
  if (dashboard != 0) ports.push_back({"dash-metrics", dashboard});
  return ports;
}

// Most heads have this, whatever their number of "metrics" is.
std::vector<ScrapePort> UsualHeadPorts() {
  return HeadPorts(0, kAutoscalerMetricsPort, kDashboardMetricsPort);
}

std::vector<ScrapePort> HeadPortsOf(const Json& ray_cluster) {
  const Json& spec = At(ray_cluster, {"spec"});
  const Json& head = At(spec, {"headGroupSpec"});
  const Json& container = RayContainer(At(head, {"template"}));
  // The autoscaler runs in a container of its own then, of which these are the variables.
  const Json& autoscaler =
      shared::BoolAt(spec, {"enableInTreeAutoscaling"}) ? At(spec, {"autoscalerOptions"}) : container;
  return HeadPorts(MetricsPort(head), PortVariable(autoscaler, kAutoscalerVariable, kAutoscalerMetricsPort),
                   PortVariable(container, kDashboardVariable, kDashboardMetricsPort));
}

struct ClusterScrapes {
  std::string name;
  std::vector<ScrapePort> head;
  std::map<int, std::vector<std::string>> groups;  // by MetricsPort()
  bool usual_workers = true;
};

ClusterScrapes Read(const Json& ray_cluster, std::vector<std::string>* notes) {
  ClusterScrapes cluster{StringAt(ray_cluster, {"metadata", "name"}), HeadPortsOf(ray_cluster), {}};
  if (cluster.head.empty() || cluster.head.front().name != kMetricsPortName)
    notes->push_back(ChosenByRay(cluster.name, "the head"));
  const Json& groups = At(ray_cluster, {"spec", "workerGroupSpecs"});
  if (!groups.is_array()) return cluster;
  for (const Json& group : groups) {
    const std::string name = StringAt(group, {"groupName"});
    const std::optional<int> port = MetricsPort(group);
    if (port != 0) cluster.usual_workers = false;
    if (port)
      cluster.groups[*port].push_back(name);
    else
      notes->push_back(ChosenByRay(cluster.name, "group \"" + name + "\""));
  }
  return cluster;
}

ScrapedPods Heads(const std::string& cluster, std::vector<ScrapePort> ports) {
  return {cluster.empty() ? "ray-head" : cluster + "-ray-head", cluster, {}, "head", {}, std::move(ports)};
}

ScrapedPods Workers(const std::string& cluster) {
  return {cluster.empty() ? "ray-workers" : cluster + "-ray-workers",
          cluster,
          {},
          "worker",
          {},
          {{kMetricsPortName, 0}}};
}

void AddWorkersOf(const ClusterScrapes& cluster, std::vector<ScrapedPods>* pods) {
  if (cluster.usual_workers) return pods->push_back(Workers(cluster.name));
  for (const auto& [port, groups] : cluster.groups) {
    ScrapedPods workers = Workers(cluster.name);
    if (port != 0) workers.name += "-" + std::to_string(port);
    workers.groups = groups;
    workers.ports.front().number = port;
    pods->push_back(std::move(workers));
  }
}

}  // namespace

ScrapePlan PlanScrapes(const std::vector<Json>& ray_clusters, const std::string& cluster) {
  ScrapePlan plan;
  ScrapedPods heads = Heads("", UsualHeadPorts()), workers = Workers("");
  std::vector<ScrapedPods> own;
  for (const Json& ray_cluster : ray_clusters) {
    if (!cluster.empty() && StringAt(ray_cluster, {"metadata", "name"}) != cluster) continue;
    const ClusterScrapes scrapes = Read(ray_cluster, &plan.notes);
    if (!cluster.empty() || scrapes.head != UsualHeadPorts()) {
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
