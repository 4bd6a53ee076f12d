#include "kubectl-ray/checks/node_fit.h"

#include <algorithm>
#include <map>

#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/label_selector.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

// The terms are alternatives; what stands in one of them holds together.
bool MatchesAffinity(const Json& pod_spec, const Json& node) {
  const Json& terms = At(pod_spec, {"affinity", "nodeAffinity",
                                    "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"});
  if (!terms.is_array() || terms.empty()) return true;
  const Json fields = {{"metadata.name", StringAt(node, {"metadata", "name"})}};
  return std::any_of(terms.begin(), terms.end(), [&](const Json& term) {
    return MatchesExpressions(At(term, {"matchExpressions"}), At(node, {"metadata", "labels"})) &&
           MatchesExpressions(At(term, {"matchFields"}), fields);
  });
}

bool Tolerates(const Json& toleration, const Json& taint) {
  const std::string effect = StringAt(toleration, {"effect"});
  if (!effect.empty() && effect != StringAt(taint, {"effect"})) return false;
  const std::string key = StringAt(toleration, {"key"});
  const bool exists = StringAt(toleration, {"operator"}) == "Exists";
  if (key.empty()) return exists;
  if (key != StringAt(taint, {"key"})) return false;
  return exists || StringAt(toleration, {"value"}) == StringAt(taint, {"value"});
}

const Json* UntoleratedTaint(const Json& node, const Json& pod_spec) {
  const Json& taints = At(node, {"spec", "taints"});
  const Json& tolerations = At(pod_spec, {"tolerations"});
  if (!taints.is_array()) return nullptr;
  for (const Json& taint : taints) {
    if (StringAt(taint, {"effect"}) == "PreferNoSchedule") continue;
    const bool tolerated =
        tolerations.is_array() && std::any_of(tolerations.begin(), tolerations.end(),
                                              [&](const Json& one) { return Tolerates(one, taint); });
    if (!tolerated) return &taint;
  }
  return nullptr;
}

Quantity Allocatable(const Json& node, const std::string& resource) {
  return Quantity::Parse(resource, StringAt(node, {"status", "allocatable", resource}, "0"))
      .value_or(Quantity());
}

// The first resource of which the node has less than is asked for beside `used`; empty if it has enough.
std::string Missing(const Json& node, const Amounts& used, const Amounts& asked) {
  for (const auto& [resource, amount] : asked) {
    const auto in_use = used.find(resource);
    const Quantity sum = in_use == used.end() ? amount : amount + in_use->second;
    if (Allocatable(node, resource) < sum) return resource;
  }
  return "";
}

std::string PlainlyRefused(const Json& node, const Json& pod_spec) {
  if (shared::BoolAt(node, {"spec", "unschedulable"})) return "is cordoned";
  if (const std::string ready = StringAt(ConditionOf(node, "Ready"), {"status"});
      !ready.empty() && ready != "True")
    return "is not ready";
  const Json& selector = At(pod_spec, {"nodeSelector"});
  if (selector.is_object())
    for (const auto& [key, value] : selector.items())
      if (At(node, {"metadata", "labels", key}) != value)
        return "has no label " + key + "=" + (value.is_string() ? value.get<std::string>() : "");
  if (!MatchesAffinity(pod_spec, node)) return "does not match the node affinity";
  const Json* taint = UntoleratedTaint(node, pod_spec);
  if (taint == nullptr) return "";
  const std::string value = StringAt(*taint, {"value"});
  return "has taint " + StringAt(*taint, {"key"}) + (value.empty() ? "" : "=" + value);
}

// "2 nodes have no label a=b, 1 node is cordoned"
std::string Listed(const std::map<std::string, int>& reasons) {
  std::string text;
  for (const auto& [reason, nodes] : reasons) {
    std::string clause = reason;
    if (nodes > 1 && clause.starts_with("has ")) clause.replace(0, 3, "have");
    if (nodes > 1 && clause.starts_with("is ")) clause.replace(0, 2, "are");
    if (nodes > 1 && clause.starts_with("does ")) clause.replace(0, 4, "do");
    text += (text.empty() ? "" : ", ") + std::to_string(nodes) + (nodes == 1 ? " node " : " nodes ") + clause;
  }
  return text;
}

}  // namespace

std::string WhyNodeRefuses(const Json& node, const Json& pod_spec) {
  if (std::string why = PlainlyRefused(node, pod_spec); !why.empty()) return why;
  const Amounts asked = DemandOf(pod_spec).requests;
  const std::string missing = Missing(node, {}, asked);
  if (missing.empty()) return "";
  return "has " + Allocatable(node, missing).ToString() + " " + missing + " in all and not " +
         asked.at(missing).ToString();
}

NodeRoom::NodeRoom(const std::vector<Json>& nodes, const std::vector<Json>& pods) {
  std::map<std::string, Amounts> used;
  for (const Json& pod : pods) {
    const std::string phase = StringAt(pod, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed") continue;
    Amounts& sum = used[StringAt(pod, {"spec", "nodeName"})];
    for (const auto& [resource, amount] : DemandOf(At(pod, {"spec"})).requests)
      sum[resource] = sum[resource] + amount;
  }
  for (const Json& node : nodes) nodes_.push_back({&node, used[StringAt(node, {"metadata", "name"})]});
}

std::string NodeRoom::Place(const Json& pod_spec, std::int64_t count) {
  const Amounts asked = DemandOf(pod_spec).requests;
  std::map<std::string, int> reasons;
  std::int64_t placed = 0;
  for (Node& node : nodes_) {
    std::string why = WhyNodeRefuses(*node.object, pod_spec);
    std::string missing;
    while (why.empty() && placed < count) {
      missing = Missing(*node.object, node.used, asked);
      if (!missing.empty()) break;
      for (const auto& [resource, amount] : asked) node.used[resource] = node.used[resource] + amount;
      ++placed;
    }
    if (!missing.empty()) why = "has not enough " + missing + " free";
    if (!why.empty()) ++reasons[why];
  }
  if (placed >= count) return "";
  return std::to_string(placed) + (placed == 1 ? " finds" : " find") + " a node: " + Listed(reasons);
}

}  // namespace kubectl_ray
