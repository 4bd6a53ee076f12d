#include "kubectl-ray/checks/planned_pods.h"

#include <algorithm>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/manifests/worker_counts.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

Json Amounts(const char* cpu, const char* memory) {
  const Json amounts = {{"cpu", cpu}, {"memory", memory}};
  return {{"limits", amounts}, {"requests", amounts}};
}

// The Ray container's; KubeRay takes the first one.
const Json& FirstContainer(const Json& pod_spec) {
  static const Json kNone;
  const Json& containers = At(pod_spec, {"containers"});
  return containers.is_array() && !containers.empty() ? containers[0] : kNone;
}

void AddWaitGcsReady(Json* pod_spec) {
  const Json& ray = FirstContainer(*pod_spec);
  Json container = {{"name", "wait-gcs-ready"},
                    {"image", StringAt(ray, {"image"})},
                    {"resources", Amounts("200m", "256Mi")}};
  if (const Json& context = At(ray, {"securityContext"}); context.is_object())
    container["securityContext"] = context;
  (*pod_spec)["initContainers"].push_back(std::move(container));
}

void AddAutoscaler(const Json& options, Json* pod_spec) {
  Json container = {{"name", "autoscaler"},
                    {"image", StringAt(options, {"image"}, StringAt(FirstContainer(*pod_spec), {"image"}))},
                    {"resources", Amounts("500m", "512Mi")}};
  for (const char* member : {"resources", "securityContext"})
    if (const Json& own = At(options, {member}); own.is_object()) container[member] = own;
  (*pod_spec)["containers"].push_back(std::move(container));
}

Json PodOf(const Json& ray_cluster, const Json& group_spec, const char* node_type, const std::string& group) {
  const Json& template_labels = At(group_spec, {"template", "metadata", "labels"});
  Json labels = template_labels.is_object() ? template_labels : Json::object();
  const std::string cluster = StringAt(ray_cluster, {"metadata", "name"});
  labels[kClusterLabel] = cluster;
  labels[kNodeTypeLabel] = node_type;
  labels[kGroupLabel] = group;
  Json spec = At(group_spec, {"template", "spec"});
  if (!spec.is_object()) spec = Json::object();
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"generateName", cluster + "-" + group + "-"}, {"labels", std::move(labels)}}},
          {"spec", std::move(spec)}};
}

}  // namespace

std::vector<PlannedPods> PlanPods(const Json& ray_cluster, Backend backend) {
  const bool with_operator = backend == Backend::kOperator;
  const Json& spec = At(ray_cluster, {"spec"});
  const bool autoscaled = BoolAt(spec, {"enableInTreeAutoscaling"});
  std::vector<PlannedPods> planned;
  planned.push_back({kHeadGroupName, PodOf(ray_cluster, At(spec, {"headGroupSpec"}), "head", kHeadGroupName),
                     1, 1, "spec.headGroupSpec"});
  if (autoscaled && with_operator)
    AddAutoscaler(At(spec, {"autoscalerOptions"}), &planned.front().pod["spec"]);
  const Json& groups = At(spec, {"workerGroupSpecs"});
  if (!groups.is_array()) return planned;
  for (const Json& group : groups) {
    const std::string name = StringAt(group, {"groupName"});
    PlannedPods pods{name, PodOf(ray_cluster, group, "worker", name), DesiredWorkers(group), 0,
                     "spec.workerGroupSpecs[" + std::to_string(planned.size() - 1) + "]"};
    pods.most = autoscaled ? std::max(pods.count, IntAt(group, {"maxReplicas"}, 1) * HostsPerReplica(group))
                           : pods.count;
    if (with_operator) AddWaitGcsReady(&pods.pod["spec"]);
    planned.push_back(std::move(pods));
  }
  return planned;
}

std::string RayImage(const PlannedPods& planned) {
  return StringAt(FirstContainer(At(planned.pod, {"spec"})), {"image"});
}

int GcsPort(const Json& ray_cluster) {
  return PortParam(At(ray_cluster, {"spec", "headGroupSpec", "rayStartParams"}), "port", kGcsPort);
}

}  // namespace kubectl_ray
