#include "kubectl-ray/monitoring/selection.h"

#include <algorithm>

#include "kubectl-ray/kinds/label_selector.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/network_policies.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

struct Selectors {
  const char *objects, *namespaces;
};

Selectors SelectorsOf(MonitorType type) {
  if (type == MonitorType::kPod) return {"podMonitorSelector", "podMonitorNamespaceSelector"};
  return {"serviceMonitorSelector", "serviceMonitorNamespaceSelector"};
}

Json LabelsOf(const std::string& ns, const NamespaceLabels& namespaces) {
  const auto found = namespaces.find(ns);
  return found == namespaces.end() ? Json{{kNamespaceNameLabel, ns}} : found->second;
}

// What the namespace itself lacks; empty if the Prometheus looks there.
std::string WhyNotLookedAt(const Json& prometheus, MonitorType type, const std::string& ns,
                           const NamespaceLabels& namespaces) {
  const char* field = SelectorsOf(type).namespaces;
  const Json& selector = At(prometheus, {"spec", field});
  const std::string own = StringAt(prometheus, {"metadata", "namespace"});
  if (selector.is_null())
    return ns == own ? "" : "it looks into its own namespace \"" + own + "\" alone, not into \"" + ns + "\"";
  if (MatchesSelector(selector, LabelsOf(ns, namespaces))) return "";
  return "the labels of namespace \"" + ns + "\" do not match its " + field + " " +
         shared::DumpJson(selector);
}

std::string WhyNotSelected(const Json& prometheus, MonitorType type, const Json& labels) {
  const char* field = SelectorsOf(type).objects;
  const Json& selector = At(prometheus, {"spec", field});
  if (selector.is_null()) return std::string("it has no ") + field + ", and so takes none";
  if (MatchesSelector(selector, labels)) return "";
  return std::string("the labels do not match its ") + field + " " + shared::DumpJson(selector);
}

// Adds what the selector asks for, unless the key is there.
void AddLabels(const Json& selector, Json* labels) {
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!labels->contains(key)) (*labels)[key] = value;
  };
  if (const Json& wanted = At(selector, {"matchLabels"}); wanted.is_object())
    for (const auto& [key, value] : wanted.items())
      if (value.is_string()) add(key, value.get<std::string>());
  const Json& expressions = At(selector, {"matchExpressions"});
  if (!expressions.is_array()) return;
  for (const Json& expression : expressions) {
    const std::string key = StringAt(expression, {"key"}), op = StringAt(expression, {"operator"});
    const Json& values = At(expression, {"values"});
    if (op == "Exists") add(key, "true");
    if (op == "In" && values.is_array() && !values.empty() && values[0].is_string())
      add(key, values[0].get<std::string>());
  }
}

Json RayPodLabels(const std::string& cluster, const char* type, const std::string& group) {
  return {{kClusterLabel, cluster}, {kNodeTypeLabel, type},         {kGroupLabel, group},
          {kIsRayNodeLabel, "yes"}, {kApplicationLabel, "kuberay"}, {kCreatedByLabel, "kuberay-operator"}};
}

}  // namespace

MonitorPlace PlaceMonitors(const Json& prometheus, MonitorType type, const std::string& ray_ns,
                           const NamespaceLabels& namespaces, const Json& labels) {
  MonitorPlace place{ray_ns, labels, {}};
  const std::string own = StringAt(prometheus, {"metadata", "namespace"});
  const std::string elsewhere = WhyNotLookedAt(prometheus, type, ray_ns, namespaces);
  // Then a monitor is for pods of its own namespace, whatever it says.
  const bool must_be_there = shared::BoolAt(prometheus, {"spec", "ignoreNamespaceSelectors"});
  if (!elsewhere.empty()) {
    if (!must_be_there && WhyNotLookedAt(prometheus, type, own, namespaces).empty())
      place.ns = own;
    else
      place.problems.push_back(elsewhere);
  }
  AddLabels(At(prometheus, {"spec", SelectorsOf(type).objects}), &place.labels);
  if (const std::string wrong = WhyNotSelected(prometheus, type, place.labels); !wrong.empty())
    place.problems.push_back(wrong);
  return place;
}

std::string WhyNotTaken(const Json& prometheus, MonitorType type, const Json& monitor,
                        const NamespaceLabels& namespaces) {
  const std::string wrong = WhyNotSelected(prometheus, type, At(monitor, {"metadata", "labels"}));
  if (!wrong.empty()) return wrong;
  return WhyNotLookedAt(prometheus, type, StringAt(monitor, {"metadata", "namespace"}), namespaces);
}

bool IsForPods(const Json& pod_monitor, const std::string& ns, const std::vector<Json>& pod_labels) {
  const Json& where = At(pod_monitor, {"spec", "namespaceSelector"});
  const Json& names = At(where, {"matchNames"});
  const bool some = names.is_array() && !names.empty();
  const bool there =
      shared::BoolAt(where, {"any"}) || (some ? std::find(names.begin(), names.end(), Json(ns)) != names.end()
                                              : StringAt(pod_monitor, {"metadata", "namespace"}) == ns);
  return there && std::any_of(pod_labels.begin(), pod_labels.end(), [&](const Json& labels) {
           return MatchesSelector(At(pod_monitor, {"spec", "selector"}), labels);
         });
}

std::vector<Json> PodLabelsOf(const Json& ray_cluster) {
  const std::string cluster = StringAt(ray_cluster, {"metadata", "name"});
  std::vector<Json> all = {RayPodLabels(cluster, "head", kHeadGroupName)};
  const Json& groups = At(ray_cluster, {"spec", "workerGroupSpecs"});
  if (groups.is_array())
    for (const Json& group : groups)
      all.push_back(RayPodLabels(cluster, "worker", StringAt(group, {"groupName"})));
  return all;
}

}  // namespace kubectl_ray
