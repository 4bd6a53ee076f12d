#include "kubectl-ray/checks/capacity_checks.h"

#include <algorithm>

#include "kubectl-ray/checks/node_fit.h"
#include "kubectl-ray/checks/pod_demand.h"
#include "kubectl-ray/checks/unknown.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

// How many pods of the group are there already; 0 if nobody knows.
std::int64_t PodsThere(const Facts& facts, const std::string& group) {
  if (!facts.cluster_pods) return 0;
  return std::count_if(facts.cluster_pods->begin(), facts.cluster_pods->end(), [&](const Json& pod) {
    return !IsOver(pod) && StringAt(pod, {"metadata", "labels", kGroupLabel}) == group;
  });
}

// The pods of a cluster as it is asked for (&PlannedPods::count), or at its autoscaler's maximum (&…::most).
using PodCount = std::int64_t PlannedPods::*;

std::int64_t PodsToCome(const Facts& facts, const PlannedPods& planned, PodCount wanted) {
  return std::max<std::int64_t>(0, planned.*wanted - PodsThere(facts, planned.group));
}

// The pod as the server would store it, with what a LimitRange adds, if it may be asked.
const Json& SpecOf(const Facts& facts, const PlannedPods& planned) {
  const auto admitted = facts.admitted.find(planned.group);
  const bool known = admitted != facts.admitted.end() && admitted->second;
  return At(known ? *admitted->second : planned.pod, {"spec"});
}

std::string GroupName(const std::string& group) {
  return group == kHeadGroupName ? "the head" : "group \"" + group + "\"";
}

// What all pods to come add to what a quota counts, by the names it has for it.
Amounts QuotaDemand(const Facts& facts, PodCount wanted) {
  Amounts sum;
  std::int64_t pods = 0;
  for (const PlannedPods& planned : facts.planned) {
    const std::int64_t count = PodsToCome(facts, planned, wanted);
    pods += count;
    const PodDemand demand = DemandOf(SpecOf(facts, planned));
    for (const auto& [resource, amount] : demand.requests) {
      Quantity& named = sum["requests." + resource];
      named = named + amount * count;
      if (resource != "cpu" && resource != "memory") continue;
      Quantity& bare = sum[resource];
      bare = bare + amount * count;
    }
    for (const auto& [resource, amount] : demand.limits) {
      Quantity& named = sum["limits." + resource];
      named = named + amount * count;
    }
  }
  const Quantity count = Quantity::Parse("pods", std::to_string(pods)).value_or(Quantity());
  sum["pods"] = count;
  sum["count/pods"] = count;
  return sum;
}

// Pods of Ray have no deadline and ask for something.
bool CountsRayPods(const Json& quota) {
  const Json& scopes = At(quota, {"spec", "scopes"});
  if (At(quota, {"spec", "scopeSelector"}).is_object()) return false;  // by priority: the server knows
  if (!scopes.is_array()) return true;
  return std::all_of(scopes.begin(), scopes.end(),
                     [](const Json& scope) { return scope == "NotTerminating" || scope == "NotBestEffort"; });
}

Quantity QuantityAt(const Json& object, const std::string& resource) {
  return Quantity::Parse(resource, StringAt(object, {resource}, "0")).value_or(Quantity());
}

// "limits.cpu" of a quota makes every container have one.
void CheckQuotaWants(const Facts& facts, const std::string& quota, const std::string& resource,
                     Findings* findings) {
  for (const std::string member : {"limits", "requests"}) {
    if (!resource.starts_with(member + ".")) continue;
    const std::string bare = resource.substr(member.size() + 1);
    if (bare != "cpu" && bare != "memory") continue;  // what is not asked for, is not counted
    for (const PlannedPods& planned : facts.planned) {
      const auto names = ContainersWithout(SpecOf(facts, planned), member, bare);
      if (names.empty()) continue;
      findings->push_back(
          {Level::kFail,
           "quota \"" + quota + "\" wants " + resource + ", and container \"" + names.front() + "\" of " +
               GroupName(planned.group) + " has none",
           "Give resources." + member + "." + bare + " of the container, or have a LimitRange set a default.",
           planned.field + ".template.spec.containers"});
      return;
    }
  }
}

// Calls on_item for each member of spec.limits whose type is `type`, with the LimitRange's name.
template <typename F>
void EachLimit(const Facts& facts, const char* type, F on_item) {
  for (const Json& range : *facts.limit_ranges) {
    const Json& limits = At(range, {"spec", "limits"});
    if (!limits.is_array()) continue;
    for (const Json& item : limits)
      if (StringAt(item, {"type"}) == type) on_item(StringAt(range, {"metadata", "name"}), item);
  }
}

// What is wrong with these amounts, as a clause; empty if nothing is.
std::string OutOfRange(const Json& item, const Amounts& requests, const Amounts& limits) {
  const auto over = [](const Amounts& amounts, const Json& bound, const char* relation, bool most) {
    if (!bound.is_object()) return std::string();
    for (const auto& [resource, amount] : amounts) {
      if (!bound.contains(resource)) continue;
      const Quantity limit = QuantityAt(bound, resource);
      if (most ? limit < amount : amount < limit)
        return resource + " " + amount.ToString() + ", " + relation + " " + limit.ToString();
    }
    return std::string();
  };
  std::string why = over(limits, At(item, {"max"}), "and at most", true);
  if (why.empty()) why = over(requests, At(item, {"max"}), "and at most", true);
  if (why.empty()) why = over(requests, At(item, {"min"}), "and at least", false);
  if (!why.empty()) return why;
  const Json& ratios = At(item, {"maxLimitRequestRatio"});
  if (!ratios.is_object()) return "";
  for (const auto& [resource, limit] : limits) {
    const auto request = requests.find(resource);
    if (!ratios.contains(resource) || request == requests.end()) continue;
    const std::int64_t ratio = QuantityAt(ratios, resource).value();
    if (request->second * ratio < limit)
      return resource + " limit " + limit.ToString() + " over request " + request->second.ToString() +
             ", and the ratio at most " + std::to_string(ratio);
  }
  return "";
}

void CheckContainers(const Facts& facts, const PlannedPods& planned, Findings* findings) {
  const Json& spec = SpecOf(facts, planned);
  for (const char* list : {"initContainers", "containers"}) {
    const Json& containers = At(spec, {list});
    if (!containers.is_array()) continue;
    for (const Json& container : containers)
      EachLimit(facts, "Container", [&](const std::string& range, const Json& item) {
        Amounts requests = AmountsOf(container, "requests");
        const Amounts limits = AmountsOf(container, "limits");
        for (const auto& [resource, limit] : limits) requests.try_emplace(resource, limit);
        const std::string why = OutOfRange(item, requests, limits);
        if (why.empty()) return;
        findings->push_back({Level::kFail,
                             "container \"" + StringAt(container, {"name"}) + "\" of " +
                                 GroupName(planned.group) + " has " + why + " by LimitRange \"" + range +
                                 "\"",
                             "Change the container's resources, or have the LimitRange changed.",
                             planned.field + ".template.spec"});
      });
  }
}

}  // namespace

Findings CheckQuota(const Facts& facts) {
  if (!facts.quotas) return {Unknown(facts.quotas.error())};
  Findings findings;
  const Amounts demand = QuotaDemand(facts, &PlannedPods::count);
  const Amounts most = QuotaDemand(facts, &PlannedPods::most);
  for (const Json& quota : *facts.quotas) {
    if (!CountsRayPods(quota)) continue;
    const Json& hard = At(quota, {"status", "hard"});
    if (!hard.is_object()) continue;
    const std::string name = StringAt(quota, {"metadata", "name"});
    for (const auto& [resource, value] : hard.items()) {
      CheckQuotaWants(facts, name, resource, &findings);
      const Quantity bound = QuantityAt(hard, resource);
      const Quantity used = QuantityAt(At(quota, {"status", "used"}), resource);
      // A resource that the pods do not have is 0 of it.
      const auto lacks = [&, &resource = resource](const Amounts& amounts) {
        const auto found = amounts.find(resource);
        return found != amounts.end() && !found->second.is_zero() && bound < used + found->second
                   ? found->second.ToString()
                   : "";
      };
      const std::string for_now = lacks(demand);
      const std::string at_most = lacks(most);
      if (at_most.empty()) continue;
      findings.push_back(
          {for_now.empty() ? Level::kWarn : Level::kFail,
           "quota \"" + name + "\": " + resource + " is " + bound.ToString() + ", " + used.ToString() +
               " are used, and the pods to come need " +
               (for_now.empty() ? at_most + " at the autoscaler's maximum" : for_now),
           "Ask for less, delete what uses it, or have the quota raised: `kubectl describe quota " + name +
               " -n " + facts.ns + "`."});
    }
  }
  return findings;
}

Findings CheckLimitRange(const Facts& facts) {
  if (!facts.limit_ranges) return {Unknown(facts.limit_ranges.error())};
  Findings findings;
  for (const PlannedPods& planned : facts.planned) {
    CheckContainers(facts, planned, &findings);
    const PodDemand demand = DemandOf(SpecOf(facts, planned));
    EachLimit(facts, "Pod", [&](const std::string& range, const Json& item) {
      const std::string why = OutOfRange(item, demand.requests, demand.limits);
      if (why.empty()) return;
      findings.push_back(
          {Level::kFail,
           "a pod of " + GroupName(planned.group) + " has " + why + " by LimitRange \"" + range + "\"",
           "Ask for less for its containers, or have the LimitRange changed.",
           planned.field + ".template.spec.containers"});
    });
  }
  return findings;
}

Findings CheckAdmission(const Facts& facts) {
  Findings findings;
  for (const PlannedPods& planned : facts.planned) {
    const auto admitted = facts.admitted.find(planned.group);
    if (admitted == facts.admitted.end() || admitted->second) continue;
    const shared::Error& error = admitted->second.error();
    // An RBAC refusal is of this user, not of the operator that will make the pod.
    const bool of_user = error.message.find("cannot create resource \"pods\"") != std::string::npos;
    if (of_user) return {Unknown(error)};
    std::string way_out = WayOutOfRefusal(error.message);
    if (way_out.empty()) way_out = error.hint;
    findings.push_back({Level::kFail,
                        "a pod of " + GroupName(planned.group) + " is refused: " + InOneLine(error.message),
                        way_out, planned.field + ".template.spec"});
  }
  return findings;
}

Findings CheckNodes(const Facts& facts) {
  if (!facts.nodes) return {Unknown(facts.nodes.error())};
  if (facts.nodes->empty())
    return {{Level::kFail, "the Kubernetes cluster has no nodes", "Add one; pods stay Pending until then."}};
  Findings findings;
  NodeRoom room(*facts.nodes, facts.all_pods ? *facts.all_pods : Objects());
  for (const PlannedPods& planned : facts.planned) {
    const std::int64_t count = PodsToCome(facts, planned, &PlannedPods::count);
    const std::string why = room.Place(SpecOf(facts, planned), count);
    if (why.empty()) continue;
    findings.push_back(
        {Level::kFail,
         "of " + std::to_string(count) + " pods to come of " + GroupName(planned.group) + " " + why,
         "Ask for less, change nodeSelector and tolerations, or add nodes; an autoscaler of the "
         "nodes may do that by itself.",
         planned.field + ".template.spec"});
  }
  if (!facts.all_pods) findings.push_back(Unknown(facts.all_pods.error()));
  return findings;
}

}  // namespace kubectl_ray
