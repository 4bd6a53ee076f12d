#include "kubectl-ray/manifests/ray_cluster.h"

#include <vector>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/pod_security.h"

namespace kubectl_ray {
namespace {

Json ToJson(const StringMap& map) {
  Json object = Json::object();
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

std::vector<Json*> GroupsOf(Json* ray_cluster) {
  Json& spec = (*ray_cluster)["spec"];
  std::vector<Json*> groups = {&spec["headGroupSpec"]};
  for (Json& group : spec["workerGroupSpecs"]) groups.push_back(&group);
  return groups;
}

}  // namespace

void RestrictPods(Json* ray_cluster) {
  const auto restrict = [](Json& container) {
    if (!container.contains("securityContext"))
      container["securityContext"] = SecurityContext(PodSecurity::kRestricted);
  };
  for (Json* group : GroupsOf(ray_cluster))
    if (shared::At(*group, {"template", "spec", "containers"}).is_array())
      restrict((*group)["template"]["spec"]["containers"][0]);
  Json& spec = (*ray_cluster)["spec"];
  if (shared::BoolAt(spec, {"enableInTreeAutoscaling"})) restrict(spec["autoscalerOptions"]);
}

void SettlePods(Json* ray_cluster) {
  for (Json* group : GroupsOf(ray_cluster))
    if (shared::At(*group, {"template", "spec"}).is_object()) SettlePod((*group)["template"]["spec"]);
}

Json WorkerGroupSpecFor(const ClusterSpec& spec, const WorkerGroup& group, Backend backend) {
  Json worker = {{"groupName", group.name}, {"replicas", group.replicas}};
  // The CRD requires both; these are its own defaults.
  worker["minReplicas"] = group.min_replicas.value_or(0);
  worker["maxReplicas"] = group.max_replicas.value_or(2147483647);
  worker["numOfHosts"] = group.num_of_hosts;
  worker["rayStartParams"] = ToJson(group.ray_start_params);
  worker["template"] = WorkerPodTemplate(spec, group, backend);
  return worker;
}

Json RayClusterFor(const ClusterSpec& spec, Backend backend) {
  Json metadata = {{"name", spec.name}, {"namespace", spec.ns}};
  if (!spec.labels.empty()) metadata["labels"] = ToJson(spec.labels);
  if (!spec.annotations.empty()) metadata["annotations"] = ToJson(spec.annotations);
  Json cluster_spec = {{"rayVersion", spec.ray_version}};
  if (!spec.autoscaler.empty()) {
    cluster_spec["enableInTreeAutoscaling"] = true;
    cluster_spec["autoscalerOptions"] = {{"version", spec.autoscaler}};
    // KubeRay gives its container, which has Ray's image, nothing of Ray's container.
    if (Json context = SecurityContext(ChoosePodSecurity(spec.pods.security, spec.image, false));
        !context.is_null())
      cluster_spec["autoscalerOptions"]["securityContext"] = std::move(context);
  }
  cluster_spec["headGroupSpec"] = {{"rayStartParams", ToJson(spec.head.ray_start_params)},
                                   {"template", HeadPodTemplate(spec, backend)}};
  cluster_spec["workerGroupSpecs"] = Json::array();
  for (const WorkerGroup& group : spec.worker_groups)
    cluster_spec["workerGroupSpecs"].push_back(WorkerGroupSpecFor(spec, group, backend));
  return {{"apiVersion", kRayClusters.ApiVersion()},
          {"kind", "RayCluster"},
          {"metadata", metadata},
          {"spec", cluster_spec}};
}

}  // namespace kubectl_ray
