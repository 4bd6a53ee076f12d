#include "kubectl-ray/checks/network_checks.h"

#include <algorithm>

#include "kubectl-ray/checks/unknown.h"
#include "kubectl-ray/kinds/label_selector.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/network_policies.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

constexpr int kDnsPort = 53;

// What a rule has to let through.
struct Way {
  const Json* peer_labels;  // nullptr: a peer anywhere, such as the name server
  int port;                 // 0: any
};

bool HasType(const Json& policy, const char* type) {
  const Json& types = At(policy, {"spec", "policyTypes"});
  if (types.is_array()) return std::find(types.begin(), types.end(), Json(type)) != types.end();
  return std::string_view(type) == "Ingress" || At(policy, {"spec", "egress"}).is_array();
}

bool PeerMatches(const Json& peer, const std::string& ns, const Way& way) {
  if (At(peer, {"ipBlock"}).is_object()) return true;
  const Json& namespaces = At(peer, {"namespaceSelector"});
  if (way.peer_labels == nullptr) return namespaces.is_object();
  const Json own = {{kNamespaceNameLabel, ns}};
  if (namespaces.is_object() && !MatchesSelector(namespaces, own)) return false;
  return MatchesSelector(At(peer, {"podSelector"}), *way.peer_labels);
}

bool PortMatches(const Json& rule, const Way& way) {
  const Json& ports = At(rule, {"ports"});
  if (!ports.is_array() || ports.empty()) return true;
  return std::any_of(ports.begin(), ports.end(), [&](const Json& port) {
    if (At(port, {"port"}).is_string()) return true;  // a name: the container's, not looked up
    const std::int64_t first = shared::IntAt(port, {"port"}, way.port);
    return way.port != 0 && way.port >= first && way.port <= shared::IntAt(port, {"endPort"}, first);
  });
}

// Returns the name of a policy that keeps pods with `labels` from this way; empty if nothing does. Policies
// add up: one that allows is enough.
std::string Blocking(const Facts& facts, const char* type, const char* peers, const Json& labels,
                     const Way& way) {
  std::string first;
  for (const Json& policy : *facts.policies) {
    if (!HasType(policy, type) || !MatchesSelector(At(policy, {"spec", "podSelector"}), labels)) continue;
    if (first.empty()) first = StringAt(policy, {"metadata", "name"});
    const Json& rules = At(policy, {"spec", std::string_view(type) == "Ingress" ? "ingress" : "egress"});
    if (!rules.is_array()) continue;
    for (const Json& rule : rules) {
      const Json& list = At(rule, {peers});
      const bool any_peer = !list.is_array() || list.empty();
      const bool peer = any_peer || std::any_of(list.begin(), list.end(), [&](const Json& one) {
                          return PeerMatches(one, facts.ns, way);
                        });
      if (peer && PortMatches(rule, way)) return "";
    }
  }
  return first;
}

const Json& LabelsOf(const PlannedPods& planned) { return At(planned.pod, {"metadata", "labels"}); }

void CheckWay(const Facts& facts, const PlannedPods& from, const PlannedPods& to, int port,
              Findings* findings) {
  std::string policy = Blocking(facts, "Egress", "to", LabelsOf(from), {&LabelsOf(to), port});
  if (policy.empty()) policy = Blocking(facts, "Ingress", "from", LabelsOf(to), {&LabelsOf(from), port});
  if (policy.empty()) return;
  const std::string what = port == 0 ? "all ports" : "port " + std::to_string(port);
  findings->push_back({Level::kFail,
                       "NetworkPolicy \"" + policy + "\" keeps pods of \"" + from.group + "\" from " + what +
                           " of \"" + to.group + "\"",
                       "Allow all ports between the pods of a cluster: both rules with podSelector " +
                           std::string(kClusterLabel) + ": " +
                           StringAt(LabelsOf(to), {kClusterLabel}, "NAME") + "."});
}

}  // namespace

Findings CheckPolicies(const Facts& facts) {
  if (!facts.policies) return {Unknown(facts.policies.error())};
  Findings findings;
  if (facts.planned.empty()) return findings;
  const PlannedPods& head = facts.planned.front();
  for (const PlannedPods& planned : facts.planned) {
    const std::string policy = Blocking(facts, "Egress", "to", LabelsOf(planned), {nullptr, kDnsPort});
    if (!policy.empty())
      findings.push_back({Level::kFail,
                          "NetworkPolicy \"" + policy + "\" keeps pods of \"" + planned.group + "\" from DNS",
                          "Allow UDP and TCP port 53 to the cluster's name server."});
    if (&planned == &head) continue;
    CheckWay(facts, planned, head, GcsPort(facts.ray_cluster), &findings);
    CheckWay(facts, head, planned, 0, &findings);
  }
  return findings;
}

Findings CheckLookups(const Facts& facts) {
  if (!*facts.lookups) return {Unknown(facts.lookups->error())};
  Findings findings;
  for (const NameLookup& one : **facts.lookups)
    if (!one.failure.empty())
      findings.push_back(
          {Level::kFail,
           "pod \"" + one.from + "\" does not resolve the head's name \"" + one.name + "\": " + one.failure,
           "See whether the Service is there (if it is headless, it has an address once the "
           "head is ready), the pod's dnsPolicy and dnsConfig, and its way to the name server "
           "at port 53."});
  return findings;
}

Findings CheckConnections(const Facts& facts) {
  if (!*facts.connections) return {Unknown(facts.connections->error())};
  Findings findings;
  for (const Connection& one : **facts.connections)
    if (!one.failure.empty())
      findings.push_back(
          {Level::kFail,
           "pod \"" + one.from + "\" cannot connect to " + one.what + " of pod \"" + one.to + "\" at " +
               one.host + ":" + std::to_string(one.port) + ": " + one.failure,
           "See the NetworkPolicies of the namespace and the service mesh, and whether the name "
           "resolves."});
  return findings;
}

std::string PolicyAgainst(const Facts& facts, const Json& labels) {
  if (!facts.policies || facts.planned.empty()) return "";
  return Blocking(facts, "Ingress", "from", LabelsOf(facts.planned.front()),
                  {&labels, GcsPort(facts.ray_cluster)});
}

Findings CheckForbiddenWay(const Facts& facts) {
  if (!*facts.forbidden_way) return {Unknown(facts.forbidden_way->error())};
  const ForbiddenWay& way = **facts.forbidden_way;
  if (!way.connected) return {};
  return {{Level::kFail,
           "NetworkPolicy \"" + way.policy + "\" keeps other pods from the head, and one connected to " +
               way.host + ":" + std::to_string(way.port),
           "The network does not enforce NetworkPolicies, or not for this pod: ask who runs the Kubernetes "
           "cluster whether its CNI plugin does."}};
}

Findings CheckMesh(const Facts& facts) {
  Findings findings;
  if (facts.cluster_pods)
    for (const Json& pod : *facts.cluster_pods) {
      const Json& containers = At(pod, {"spec", "containers"});
      if (!containers.is_array()) continue;
      for (const Json& container : containers)
        if (const std::string name = StringAt(container, {"name"});
            name == "istio-proxy" || name == "linkerd-proxy") {
          findings.push_back(
              {Level::kWarn,
               "pod \"" + StringAt(pod, {"metadata", "name"}) + "\" has the mesh's container \"" + name +
                   "\"",
               "Strict mTLS needs a Service that lists every port of Ray; else leave the pods out: "
               "annotation sidecar.istio.io/inject: \"false\"."});
          return findings;
        }
    }
  if (!facts.ns_object) return {Unknown(facts.ns_object.error())};
  const Json& labels = At(*facts.ns_object, {"metadata", "labels"});
  const bool istio =
      StringAt(labels, {"istio-injection"}) == "enabled" || At(labels, {"istio.io/rev"}).is_string();
  if (istio)
    findings.push_back({Level::kWarn, "namespace \"" + facts.ns + "\" has Istio put its proxy into every pod",
                        "Strict mTLS needs a Service that lists every port of Ray; else leave the pods out: "
                        "annotation sidecar.istio.io/inject: \"false\"."});
  return findings;
}

}  // namespace kubectl_ray
