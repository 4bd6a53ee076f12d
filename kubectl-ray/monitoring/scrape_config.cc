#include "kubectl-ray/monitoring/scrape_config.h"

#include "kubectl-ray/kinds/labels.h"

namespace kubectl_ray {
namespace {

Json Rule(const char* action, const std::string& source, const std::string& regex) {
  return {{"action", action}, {"source_labels", {source}}, {"regex", regex}};
}

Json Copy(const std::string& source, const std::string& target) {
  return {{"source_labels", {source}}, {"target_label", target}};
}

Json Put(const std::string& value, const char* target) {
  return {{"target_label", target}, {"replacement", value}};
}

// An address is written differently for IPv6.
void MoveTo(int port, Json* rules) {
  const std::string number = ":" + std::to_string(port);
  const auto add = [&](const char* ip, const std::string& address) {
    Json rule = Rule("replace", "__meta_kubernetes_pod_ip", ip);
    rule.update(Put(address, "__address__"));
    rules->push_back(std::move(rule));
  };
  add("([^:]+)", "$1" + number);
  add("(.*:.*)", "[$1]" + number);
}

std::string Join(const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += (joined.empty() ? "" : ",") + value;
  return joined;
}

std::string SelectorOf(const ScrapedPods& pods) {
  std::string selector = std::string(kNodeTypeLabel) + "=" + pods.node_type;
  if (!pods.cluster.empty()) selector += "," + std::string(kClusterLabel) + "=" + pods.cluster;
  if (!pods.except.empty())
    selector += "," + std::string(kClusterLabel) + " notin (" + Join(pods.except) + ")";
  if (!pods.groups.empty()) selector += "," + std::string(kGroupLabel) + " in (" + Join(pods.groups) + ")";
  return selector;
}

Json Job(const std::string& name, const std::string& interval, Json discovery, Json rules) {
  Json job = {{"job_name", name}};
  if (!interval.empty()) job["scrape_interval"] = interval;
  job["kubernetes_sd_configs"] = Json::array({std::move(discovery)});
  job["relabel_configs"] = std::move(rules);
  return job;
}

Json RulesFor(const ScrapePort& port) {
  Json rules = Json::array({Rule("keep", "__meta_kubernetes_pod_container_port_name", port.declared()),
                            Rule("drop", "__meta_kubernetes_pod_phase", "(Failed|Succeeded)")});
  if (port.number != 0) MoveTo(port.number, &rules);
  rules.push_back(Copy("__meta_kubernetes_namespace", "namespace"));
  rules.push_back(Copy("__meta_kubernetes_pod_name", "pod"));
  for (const std::string& label : TargetPodLabels())
    rules.push_back(Copy("__meta_kubernetes_pod_label_" + SeriesLabel(label), SeriesLabel(label)));
  rules.push_back(Put(port.name, "endpoint"));
  return rules;
}

Json InNamespace(const char* role, const std::string& ns) {
  return {{"role", role}, {"namespaces", {{"names", {ns}}}}};
}

Json OperatorJob(const OperatorService& service, const std::string& interval) {
  Json rules = Json::array({Rule("keep", "__meta_kubernetes_service_name", service.name),
                            Rule("keep", "__meta_kubernetes_endpoint_port_name", service.port),
                            Copy("__meta_kubernetes_namespace", "namespace"),
                            Copy("__meta_kubernetes_pod_name", "pod"), Put(service.port, "endpoint")});
  return Job("kuberay-operator", interval, InNamespace("endpoints", service.ns), std::move(rules));
}

}  // namespace

Json ScrapeConfigFor(const ScrapePlan& plan, const std::string& ray_ns,
                     const std::optional<OperatorService>& kuberay, const std::string& interval) {
  Json jobs = Json::array();
  for (const ScrapedPods& pods : plan.pods)
    for (const ScrapePort& port : pods.ports) {
      Json discovery = InNamespace("pod", ray_ns);
      discovery["selectors"] = Json::array({{{"role", "pod"}, {"label", SelectorOf(pods)}}});
      const std::string suffix = port.name == kMetricsPortName ? "" : "-" + port.name;
      jobs.push_back(Job(ray_ns + "/" + pods.name + suffix, interval, std::move(discovery), RulesFor(port)));
    }
  if (kuberay) jobs.push_back(OperatorJob(*kuberay, interval));
  return {{"scrape_configs", std::move(jobs)}};
}

}  // namespace kubectl_ray
