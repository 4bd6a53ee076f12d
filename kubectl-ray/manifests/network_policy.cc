#include "kubectl-ray/manifests/network_policy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/network_policies.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

constexpr const char* kNamespacePart = "namespace=";
constexpr const char* kLabelPart = "label=";
constexpr int kDnsPort = 53;

shared::Unexpected<shared::Error> NoPeer(const char* flag, const std::string& value) {
  return Fail(
      ErrorCode::kUsage,
      "cannot use " + std::string(flag) + " \"" + shared::EscapeControl(value.substr(0, 80)) +
          "\": it is neither namespace=NAME, label=KEY=VALUE nor a CIDR",
      "Write namespace=monitoring, label=app=notebook, both with a comma between them, or 10.0.0.0/8.");
}

bool IsCidr(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return false;
  const std::string address = text.substr(0, slash);
  std::array<unsigned char, 16> bytes = {};
  const bool v4 = inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  if (!v4 && inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return false;
  const std::string bits = text.substr(slash + 1);
  const std::optional<int> count = ParsePort(bits);
  return count && *count <= (v4 ? 32 : 128) && bits == std::to_string(*count);
}

Json InNamespace(const std::string& ns) {
  return {{"namespaceSelector", {{"matchLabels", {{kNamespaceNameLabel, ns}}}}}};
}

shared::Result<Json> ParsePeer(const char* flag, const std::string& value) {
  if (IsCidr(value)) return Json{{"ipBlock", {{"cidr", value}}}};
  Json peer = Json::object(), labels = Json::object();
  for (const std::string_view part : shared::Split(value, ',')) {
    if (part.starts_with(kNamespacePart)) {
      const std::string ns(part.substr(std::string_view(kNamespacePart).size()));
      if (peer.contains("namespaceSelector")) return NoPeer(flag, value);
      TRY(CheckNamespace(ns));
      peer.update(InNamespace(ns));
    } else if (part.starts_with(kLabelPart)) {
      const std::string label(part.substr(std::string_view(kLabelPart).size()));
      const std::size_t equals = label.find('=');
      if (equals == label.npos) return NoPeer(flag, value);
      TRY(CheckLabelKey("the key of a label", label.substr(0, equals)));
      TRY(CheckLabelValue("the value of a label", label.substr(equals + 1)));
      labels[label.substr(0, equals)] = label.substr(equals + 1);
    } else {
      return NoPeer(flag, value);
    }
  }
  if (!labels.empty()) peer["podSelector"] = {{"matchLabels", labels}};
  return peer;
}

shared::Result<Json> ParsePeers(const char* flag, const std::vector<std::string>& values) {
  Json peers = Json::array();
  for (const std::string& value : values) {
    ASSIGN_OR_RETURN(Json peer, ParsePeer(flag, value));
    peers.push_back(std::move(peer));
  }
  return peers;
}

shared::Result<Json> ParseCidrs(const char* flag, const std::vector<std::string>& values) {
  Json peers = Json::array();
  for (const std::string& value : values) {
    if (!IsCidr(value))
      return Fail(ErrorCode::kUsage,
                  "cannot use " + std::string(flag) + " \"" + shared::EscapeControl(value.substr(0, 80)) +
                      "\": it is not a CIDR",
                  "Write ADDRESS/BITS, such as 10.96.0.1/32.");
    peers.push_back({{"ipBlock", {{"cidr", value}}}});
  }
  return peers;
}

Json Ports(const std::vector<int>& numbers) {
  Json ports = Json::array();
  for (const int number : numbers) ports.push_back({{"protocol", "TCP"}, {"port", number}});
  return ports;
}

struct ClusterPorts {
  int dashboard, client, serve, metrics;
};

ClusterPorts PortsOf(const Json& ray_cluster) {
  const Json& head = At(ray_cluster, {"spec", "headGroupSpec"});
  const Json& params = At(head, {"rayStartParams"});
  const Json& containers = At(head, {"template", "spec", "containers"});
  ClusterPorts ports{PortParam(params, "dashboard-port", kDashboardPort),
                     PortParam(params, "ray-client-server-port", kClientPort), kServePort,
                     PortParam(params, "metrics-export-port", kMetricsPort)};
  if (containers.is_array())
    for (const Json& container : containers) ports.serve = DeclaredPort(container, "serve", ports.serve);
  return ports;
}

// The agents' own ports in the pods of a group.
void AddAgentPorts(const Json& group, std::vector<int>* ports) {
  const Json& containers = At(group, {"template", "spec", "containers"});
  if (!containers.is_array()) return;
  for (const Json& container : containers)
    if (const int port = AgentPort(container);
        port != 0 && std::find(ports->begin(), ports->end(), port) == ports->end())
      ports->push_back(port);
}

// What the flags say, as peers of rules.
struct Peers {
  Json clients, others, metrics, api_server;
};

shared::Result<Peers> ReadPeers(const NetworkPolicyOptions& options) {
  Peers peers;
  ASSIGN_OR_RETURN(peers.clients, ParsePeers("--allow-from", options.allow_from));
  ASSIGN_OR_RETURN(peers.others, ParsePeers("--allow-to", options.allow_to));
  ASSIGN_OR_RETURN(peers.metrics, ParsePeers("--metrics-from", options.metrics_from));
  ASSIGN_OR_RETURN(peers.api_server, ParseCidrs("--api-server", options.api_server));
  if (peers.metrics.empty()) peers.metrics.push_back({{"namespaceSelector", Json::object()}});
  if (!options.operator_namespace.empty()) TRY(CheckNamespace(options.operator_namespace));
  return peers;
}

Json ClusterPeers(const std::string& cluster) {
  return Json::array({{{"podSelector", {{"matchLabels", {{kClusterLabel, cluster}}}}}}});
}

// What head and workers both may connect to.
Json EgressFor(const std::string& cluster, const Peers& peers) {
  Json dns = Json::array();
  for (const char* protocol : {"UDP", "TCP"}) dns.push_back({{"protocol", protocol}, {"port", kDnsPort}});
  Json egress = Json::array(
      {{{"to", ClusterPeers(cluster)}}, {{"to", Json::array({InNamespace("kube-system")})}, {"ports", dns}}});
  if (!peers.others.empty()) egress.push_back({{"to", peers.others}});
  return egress;
}

Json PolicyFor(const Json& ray_cluster, bool head, Json ingress, Json egress) {
  const std::string cluster = StringAt(ray_cluster, {"metadata", "name"});
  const std::string type = head ? "head" : "worker";
  const Json labels = {{kClusterLabel, cluster}, {kManagedByLabel, kManagedByUs}};
  return {{"apiVersion", kNetworkPolicies.ApiVersion()},
          {"kind", kNetworkPolicies.kind},
          {"metadata",
           {{"name", NetworkPolicyName(cluster, type)},
            {"namespace", StringAt(ray_cluster, {"metadata", "namespace"})},
            {"labels", labels}}},
          {"spec",
           {{"podSelector", {{"matchLabels", {{kClusterLabel, cluster}, {kNodeTypeLabel, type}}}}},
            {"policyTypes", {"Ingress", "Egress"}},
            {"ingress", std::move(ingress)},
            {"egress", std::move(egress)}}}};
}

Json HeadPolicy(const Json& ray_cluster, const Peers& peers, const std::string& operator_namespace) {
  const std::string cluster = StringAt(ray_cluster, {"metadata", "name"});
  const ClusterPorts ports = PortsOf(ray_cluster);
  Json ingress = Json::array({{{"from", ClusterPeers(cluster)}}});
  if (!operator_namespace.empty())
    ingress.push_back({{"from", Json::array({InNamespace(operator_namespace)})},
                       {"ports", Ports({ports.dashboard, ports.serve})}});
  if (!peers.clients.empty())
    ingress.push_back(
        {{"from", peers.clients}, {"ports", Ports({ports.dashboard, ports.client, ports.serve})}});
  std::vector<int> metrics = {ports.metrics, kAutoscalerMetricsPort, kDashboardMetricsPort};
  AddAgentPorts(At(ray_cluster, {"spec", "headGroupSpec"}), &metrics);
  ingress.push_back({{"from", peers.metrics}, {"ports", Ports(metrics)}});
  Json egress = EgressFor(cluster, peers);
  if (shared::BoolAt(ray_cluster, {"spec", "enableInTreeAutoscaling"})) {
    Json rule = Json::object();
    if (!peers.api_server.empty()) rule["to"] = peers.api_server;
    rule["ports"] = Ports({443, 6443});
    egress.push_back(std::move(rule));
  }
  return PolicyFor(ray_cluster, true, std::move(ingress), std::move(egress));
}

Json WorkersPolicy(const Json& ray_cluster, const Peers& peers) {
  const std::string cluster = StringAt(ray_cluster, {"metadata", "name"});
  const ClusterPorts ports = PortsOf(ray_cluster);
  Json ingress = Json::array({{{"from", ClusterPeers(cluster)}}});
  if (!peers.clients.empty()) ingress.push_back({{"from", peers.clients}, {"ports", Ports({ports.serve})}});
  std::vector<int> metrics = {ports.metrics};
  if (const Json& groups = At(ray_cluster, {"spec", "workerGroupSpecs"}); groups.is_array())
    for (const Json& group : groups) AddAgentPorts(group, &metrics);
  ingress.push_back({{"from", peers.metrics}, {"ports", Ports(metrics)}});
  return PolicyFor(ray_cluster, false, std::move(ingress), EgressFor(cluster, peers));
}

}  // namespace

shared::Result<std::vector<Json>> NetworkPoliciesFor(const Json& ray_cluster,
                                                     const NetworkPolicyOptions& options) {
  ASSIGN_OR_RETURN(const Peers peers, ReadPeers(options));
  return std::vector<Json>{HeadPolicy(ray_cluster, peers, options.operator_namespace),
                           WorkersPolicy(ray_cluster, peers)};
}

}  // namespace kubectl_ray
