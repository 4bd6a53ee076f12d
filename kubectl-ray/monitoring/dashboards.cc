#include "kubectl-ray/monitoring/dashboards.h"

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kube/resource.h"

namespace kubectl_ray {
namespace {

using shared::Json;

// `$F` stands for what chooses the namespace and the cluster.
constexpr const char* kFilter = R"(namespace=~"$namespace",ray_io_cluster=~"$cluster")";

struct Series {
  const char* expression;
  const char* legend;
};

struct Panel {
  const char* title;
  const char* unit;  // as Grafana names it
  std::vector<Series> series;
};

struct Dashboard {
  const char* name;  // of the ConfigMap, and the dashboard's UID
  const char* title;
  const char* cluster_series;  // whose labels list namespaces and clusters
  std::vector<Panel> panels;
  std::vector<Panel> agents = {};  // of a row that is closed at first: not every cluster has these series
};

std::vector<Panel> AgentPanels() {
  return {
      {"Wait for the head before Ray was started", "s", {{"ray_init_agent_gcs_wait_seconds{$F}", "{{pod}}"}}},
      {"Restarts of the container within an hour",
       "none",
       {{"changes(ray_init_agent_start_time_seconds{$F}[1h])", "{{pod}}"}}},
      {"Drains",
       "none",
       {{"sum(ray_init_agent_drains_asked_total{$F})", "asked"},
        {"sum(ray_init_agent_drains_accepted_total{$F})", "accepted"}}},
      {"Questions to the GCS that failed",
       "cps",
       {{R"(rate(ray_init_agent_watchdog_checks_total{result="failed",$F}[$__rate_interval]))", "{{pod}}"}}},
      {"Log lines copied",
       "cps",
       {{"sum by (pod) (rate(ray_init_agent_log_lines_total{$F}[$__rate_interval]))", "{{pod}}"}}},
      {"Log lines lost",
       "cps",
       {{"rate(ray_init_agent_log_dropped_lines_total{$F}[$__rate_interval])", "{{pod}}"}}}};
}

const std::vector<Dashboard>& Dashboards() {
  static const std::vector<Dashboard> kDashboards = {
      {"ray-cluster",
       "Ray cluster",
       "ray_node_cpu_count",
       {{"CPU in use", "percent", {{"ray_node_cpu_utilization{$F}", "{{pod}}"}}},
        {"CPUs that Ray has given out",
         "none",
         {{R"(sum by (State) (ray_resources{Name="CPU",$F}))", "{{State}}"}}},
        {"Memory in use",
         "bytes",
         {{"ray_node_mem_used{$F}", "{{pod}}"}, {"max by (pod) (ray_node_mem_total{$F})", "{{pod}}: all"}}},
        {"Object store",
         "bytes",
         {{"sum by (Location) (ray_object_store_memory{$F})", "{{Location}}"},
          {R"(sum(ray_resources{Name="object_store_memory",$F}))", "all"}}},
        {"Tasks", "none", {{"sum by (State) (ray_tasks{$F})", "{{State}}"}}},
        {"Actors", "none", {{R"(sum by (State) (ray_actors{Source="gcs",$F}))", "{{State}}"}}},
        {"GPU in use", "percent", {{"ray_node_gpus_utilization{$F}", "{{pod}} {{GpuIndex}}"}}},
        {"GPU memory in use", "mbytes", {{"ray_node_gram_used{$F}", "{{pod}} {{GpuIndex}}"}}},
        {"Disk in use", "bytes", {{"ray_node_disk_usage{$F}", "{{pod}}"}}},
        {"Network",
         "Bps",
         {{"ray_node_network_receive_speed{$F}", "{{pod}}: in"},
          {"ray_node_network_send_speed{$F}", "{{pod}}: out"}}}},
       AgentPanels()},
      {"ray-autoscaler",
       "Ray autoscaler",
       "autoscaler_cluster_resources",
       {{"Nodes that run", "none", {{"sum by (NodeType) (autoscaler_active_nodes{$F})", "{{NodeType}}"}}},
        {"Nodes that start", "none", {{"sum by (NodeType) (autoscaler_pending_nodes{$F})", "{{NodeType}}"}}},
        {"Nodes that failed",
         "none",
         {{"sum by (NodeType) (autoscaler_recently_failed_nodes{$F})", "{{NodeType}}"}}},
        {"Resources that are there",
         "none",
         {{R"(sum by (resource) (autoscaler_cluster_resources{resource=~"CPU|GPU",$F}))", "{{resource}}"}}},
        {"Resources that start",
         "none",
         {{R"(sum by (resource) (autoscaler_pending_resources{resource=~"CPU|GPU",$F}))",
           "{{resource}}"}}}}}};
  return kDashboards;
}

Json DataSource() { return {{"type", "prometheus"}, {"uid", "${datasource}"}}; }

std::string Filtered(std::string expression) {
  if (const std::size_t at = expression.find("$F"); at != expression.npos) expression.replace(at, 2, kFilter);
  return expression;
}

Json Variable(const char* name, const std::string& query) {
  return {{"name", name},     {"type", "query"},    {"datasource", DataSource()},
          {"query", query},   {"includeAll", true}, {"multi", true},
          {"allValue", ".*"}, {"refresh", 2},       {"current", {{"text", "All"}, {"value", "$__all"}}}};
}

constexpr int kWidth = 12, kHeight = 8;

// `row`: how many rows' titles are above it.
Json PanelJson(const Panel& panel, int index, int row = 0) {
  Json targets = Json::array();
  for (const Series& series : panel.series)
    targets.push_back({{"refId", std::string(1, static_cast<char>('A' + targets.size()))},
                       {"expr", Filtered(series.expression)},
                       {"legendFormat", series.legend}});
  return {{"id", index + row + 1},
          {"type", "timeseries"},
          {"title", panel.title},
          {"datasource", DataSource()},
          {"gridPos",
           {{"x", index % 2 * kWidth}, {"y", index / 2 * kHeight + row}, {"w", kWidth}, {"h", kHeight}}},
          {"fieldConfig", {{"defaults", {{"unit", panel.unit}, {"min", 0}}}, {"overrides", Json::array()}}},
          {"targets", targets}};
}

// `index`: an even number of panels is above it.
Json RowJson(const std::vector<Panel>& panels, int index) {
  Json inside = Json::array();
  for (const Panel& panel : panels)
    inside.push_back(PanelJson(panel, index + static_cast<int>(inside.size()), 1));
  return {{"id", index + 1},
          {"type", "row"},
          {"title", "ray-init-agent"},
          {"collapsed", true},
          {"gridPos", {{"x", 0}, {"y", index / 2 * kHeight}, {"w", 2 * kWidth}, {"h", 1}}},
          {"panels", std::move(inside)}};
}

Json DashboardJson(const Dashboard& dashboard) {
  const std::string series = dashboard.cluster_series;
  Json panels = Json::array();
  for (const Panel& panel : dashboard.panels)
    panels.push_back(PanelJson(panel, static_cast<int>(panels.size())));
  if (!dashboard.agents.empty()) {
    const int index = static_cast<int>(panels.size() + panels.size() % 2);
    panels.push_back(RowJson(dashboard.agents, index));
  }
  const Json variables = Json::array(
      {{{"name", "datasource"}, {"type", "datasource"}, {"query", "prometheus"}},
       Variable("namespace", "label_values(" + series + ", namespace)"),
       Variable("cluster", "label_values(" + series + R"({namespace=~"$namespace"}, ray_io_cluster))")});
  return {{"uid", dashboard.name},
          {"title", dashboard.title},
          {"tags", {"ray"}},
          {"schemaVersion", 39},
          {"refresh", "30s"},
          {"time", {{"from", "now-1h"}, {"to", "now"}}},
          {"templating", {{"list", variables}}},
          {"panels", panels}};
}

}  // namespace

std::vector<Json> DashboardConfigMaps(const std::string& ns) {
  std::vector<Json> maps;
  for (const Dashboard& dashboard : Dashboards()) {
    const std::string name = dashboard.name;
    maps.push_back({{"apiVersion", kConfigMaps.ApiVersion()},
                    {"kind", kConfigMaps.kind},
                    {"metadata",
                     {{"name", name + "-dashboard"},
                      {"namespace", ns},
                      {"labels", {{kManagedByLabel, kManagedByUs}, {"grafana_dashboard", "1"}}}}},
                    {"data", {{name + ".json", shared::DumpJson(DashboardJson(dashboard), 2) + "\n"}}}});
  }
  return maps;
}

}  // namespace kubectl_ray
