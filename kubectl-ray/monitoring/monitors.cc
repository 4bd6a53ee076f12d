#include "kubectl-ray/monitoring/monitors.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "kubectl-ray/kinds/label_selector.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/prometheus.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

Json Metadata(const std::string& name, const MonitorObjectOptions& options) {
  Json labels = {{kManagedByLabel, kManagedByUs}};
  if (options.labels.is_object()) labels.update(options.labels);
  return {{"name", name}, {"namespace", options.ns}, {"labels", labels}};
}

// An address is written differently for IPv6.
Json MoveTo(int port) {
  const std::string number = ":" + std::to_string(port);
  const auto when = [](const char* ip, const std::string& address) {
    return Json{{"action", "replace"},
                {"sourceLabels", {"__meta_kubernetes_pod_ip"}},
                {"regex", ip},
                {"replacement", address},
                {"targetLabel", "__address__"}};
  };
  return Json::array({when("([^:]+)", "$1" + number), when("(.*:.*)", "[$1]" + number)});
}

Json PodEndpoint(const ScrapePort& port, const std::string& interval) {
  Json endpoint = {{"port", port.declared()}};
  if (!interval.empty()) endpoint["interval"] = interval;
  Json relabelings = port.number == 0 ? Json::array() : MoveTo(port.number);
  if (port.name != port.declared())
    relabelings.push_back({{"action", "replace"}, {"replacement", port.name}, {"targetLabel", "endpoint"}});
  if (!relabelings.empty()) endpoint["relabelings"] = std::move(relabelings);
  return endpoint;
}

Json SelectorFor(const ScrapedPods& pods) {
  Json selector = {{"matchLabels", {{kNodeTypeLabel, pods.node_type}}}};
  if (!pods.cluster.empty()) selector["matchLabels"][kClusterLabel] = pods.cluster;
  const auto add = [&](const char* key, const char* op, const std::vector<std::string>& values) {
    if (!values.empty())
      selector["matchExpressions"].push_back({{"key", key}, {"operator", op}, {"values", values}});
  };
  add(kClusterLabel, "NotIn", pods.except);
  add(kGroupLabel, "In", pods.groups);
  return selector;
}

Json PodMonitorFor(const ScrapedPods& pods, const MonitorObjectOptions& options) {
  Json endpoints = Json::array();
  for (const ScrapePort& port : pods.ports) endpoints.push_back(PodEndpoint(port, options.interval));
  const std::string name = options.ns == options.ray_ns ? pods.name : options.ray_ns + "-" + pods.name;
  return {{"apiVersion", kPodMonitors.ApiVersion()},
          {"kind", kPodMonitors.kind},
          {"metadata", Metadata(name, options)},
          {"spec",
           {{"namespaceSelector", {{"matchNames", {options.ray_ns}}}},
            {"selector", SelectorFor(pods)},
            {"podTargetLabels", TargetPodLabels()},
            {"podMetricsEndpoints", std::move(endpoints)}}}};
}

}  // namespace

std::vector<std::string> TargetPodLabels() { return {kClusterLabel, kNodeTypeLabel, kGroupLabel}; }

std::string SeriesLabel(const std::string& key) {
  std::string label = key;
  for (char& c : label)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return label;
}

std::optional<OperatorService> OperatorServiceOf(const Json& deployment, const std::vector<Json>& services) {
  const Json& pod_labels = At(deployment, {"spec", "template", "metadata", "labels"});
  for (const Json& service : services) {
    const Json& selector = At(service, {"spec", "selector"});
    const Json& ports = At(service, {"spec", "ports"});
    if (!selector.is_object() || selector.empty() || !ports.is_array() || ports.empty()) continue;
    if (!MatchesSelector({{"matchLabels", selector}}, pod_labels)) continue;
    const std::string port = StringAt(ports.front(), {"name"});
    if (port.empty()) continue;
    OperatorService found{StringAt(service, {"metadata", "namespace"}),
                          StringAt(service, {"metadata", "name"}), port, Json::object()};
    // Those that stay through an upgrade, which a chart's version does not.
    for (const char* key : {kApplicationLabel, "app.kubernetes.io/instance", "app.kubernetes.io/component"})
      if (const Json& value = At(service, {"metadata", "labels", key}); value.is_string())
        found.labels[key] = value;
    if (!found.labels.empty()) return found;
  }
  return std::nullopt;
}

std::vector<Json> PodMonitorsFor(const ScrapePlan& plan, const MonitorObjectOptions& options) {
  std::vector<Json> monitors;
  for (const ScrapedPods& pods : plan.pods) monitors.push_back(PodMonitorFor(pods, options));
  return monitors;
}

Json ServiceMonitorFor(const OperatorService& service, const MonitorObjectOptions& options) {
  Json endpoint = {{"port", service.port}};
  if (!options.interval.empty()) endpoint["interval"] = options.interval;
  return {{"apiVersion", kServiceMonitors.ApiVersion()},
          {"kind", kServiceMonitors.kind},
          {"metadata", Metadata("kuberay-operator", options)},
          {"spec",
           {{"namespaceSelector", {{"matchNames", {service.ns}}}},
            {"selector", {{"matchLabels", service.labels}}},
            {"endpoints", Json::array({std::move(endpoint)})}}}};
}

shared::Status CheckInterval(const std::string& interval) {
  constexpr std::array<std::string_view, 7> kUnits = {"y", "w", "d", "h", "m", "s", "ms"};
  std::string_view rest = interval;
  std::size_t unit = 0;
  bool is_duration = !rest.empty(), is_zero = true;
  while (is_duration && !rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::string_view number = rest.substr(0, digits);
    if (number.find_first_not_of('0') != number.npos) is_zero = false;
    rest.remove_prefix(digits);
    const std::string_view name = rest.substr(0, std::min(rest.find_first_of("0123456789"), rest.size()));
    const auto found = std::find(kUnits.begin() + static_cast<std::ptrdiff_t>(unit), kUnits.end(), name);
    is_duration = digits != 0 && digits < 10 && found != kUnits.end();
    if (!is_duration) break;
    unit = static_cast<std::size_t>(found - kUnits.begin()) + 1;
    rest.remove_prefix(name.size());
  }
  if (is_duration && !is_zero) return shared::Ok();
  return shared::Fail(shared::ErrorCode::kUsage,
                      "cannot scrape at the interval \"" + shared::EscapeControl(interval.substr(0, 80)) +
                          "\": it is no duration of Prometheus",
                      "Write 15s, 1m or 1m30s.");
}

}  // namespace kubectl_ray
