#include "kubectl-ray/launcher/cluster_events.h"

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/pod_health.h"

namespace kubectl_ray {
namespace {

using shared::Json;
using shared::StringAt;

// The component that reports it, in a word for a person.
std::string SourceOf(const Json& event) {
  std::string component = StringAt(event, {"reportingComponent"});
  if (component.empty()) component = StringAt(event, {"source", "component"});
  if (component.starts_with("raycluster") || component.starts_with("kuberay")) return "operator";
  if (component.ends_with("-scheduler")) return "scheduler";
  if (component == "cluster-autoscaler" || component.starts_with("karpenter")) return "nodes";
  return component.empty() ? "cluster" : component;
}

std::string TimeOf(const Json& event) {
  for (const std::initializer_list<std::string_view> path :
       {std::initializer_list<std::string_view>{"series", "lastObservedTime"},
        {"lastTimestamp"},
        {"eventTime"},
        {"metadata", "creationTimestamp"}})
    if (std::string time = StringAt(event, path); !time.empty()) return time;
  return "";
}

}  // namespace

ClusterEvent ReadClusterEvent(const Json& event) {
  ClusterEvent read;
  read.time = TimeOf(event);
  read.source = SourceOf(event);
  read.kind = StringAt(event, {"involvedObject", "kind"});
  read.name = StringAt(event, {"involvedObject", "name"});
  read.warning = StringAt(event, {"type"}) == "Warning";
  std::string kind = read.kind;
  for (char& c : kind)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  read.object = kind + " " + read.name;
  read.text =
      read.object + ": " + StringAt(event, {"reason"}) + ": " + InOneLine(StringAt(event, {"message"}));
  std::int64_t count = shared::IntAt(event, {"series", "count"});
  if (count == 0) count = shared::IntAt(event, {"count"});
  if (count > 1) read.text += " (" + std::to_string(count) + " times)";
  return read;
}

bool IsAboutScaling(const ClusterEvent& event) { return event.source != "kubelet" || event.warning; }

bool IsNamedAsOf(const std::string& cluster, const std::vector<std::string>& groups, const std::string& kind,
                 const std::string& name) {
  if (kind == "RayCluster") return name == cluster;
  const auto is_below = [&](const std::string& owner) {
    return name == owner || name.starts_with(owner + "-");
  };
  if (kind != "Pod" && kind != "Deployment" && kind != "ReplicaSet") return false;
  if (is_below(HeadDeploymentName(cluster))) return true;
  for (const std::string& group : groups)
    if (is_below(WorkerDeploymentName(cluster, group))) return true;
  return false;
}

}  // namespace kubectl_ray
