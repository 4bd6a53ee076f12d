#include "kubectl-ray/kinds/ray_cluster.h"

#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

// A quantity or number of the status; KubeRay leaves out what is none.
std::string StatusCell(const Json& cluster, const char* field) {
  const Json& value = At(cluster, {"status", field});
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_integer() ? std::to_string(value.get<std::int64_t>()) : "0";
}

// The type of the condition that says most, in the official plugin's order, or empty.
std::string RelevantCondition(const Json& ray_cluster) {
  for (const char* type : {"RayClusterProvisioned", "HeadPodReady", "ReplicaFailure", "RayClusterSuspended",
                           "RayClusterSuspending"})
    if (StringAt(ConditionOf(ray_cluster, type), {"status"}) == "True") return type;
  return "";
}

std::vector<Column> ClusterColumns(const Clock& now) {
  auto status = [](const char* field) { return [field](const Json& c) { return StatusCell(c, field); }; };
  auto text = [](const char* first, const char* second) {
    return [first, second](const Json& c) { return StringAt(c, {first, second}); };
  };
  return {{"Name", text("metadata", "name")},
          {"Namespace", text("metadata", "namespace")},
          {"Desired Workers", status("desiredWorkerReplicas")},
          {"Available Workers", status("availableWorkerReplicas")},
          {"CPUs", status("desiredCPU")},
          {"GPUs", status("desiredGPU")},
          {"TPUs", status("desiredTPU")},
          {"Memory", status("desiredMemory")},
          {"Condition", RelevantCondition},
          {"Status", text("status", "state")},
          {"Age", [now](const Json& c) { return AgeOf(c, now()); }},
          {"Ray Version", text("spec", "rayVersion"), true},
          {"Image", HeadImage, true},
          {"Head Service",
           [](const Json& c) {
             return StringAt(c, {"status", "head", "serviceName"});
           },
           true}};
}

UsedCluster ItsOwn(const Json& ray_cluster) { return {StringAt(ray_cluster, {"metadata", "name"})}; }

}  // namespace

const Kind& RayClusterKind() {
  static const Kind kind = {
      .resource = kRayClusters,
      .type = "raycluster",
      .noun = "cluster",
      .nouns = "clusters",
      .columns = ClusterColumns,
      .cluster_of = ItsOwn,
      .lines = nullptr,
      .where_not_served = "",
      .fields = shared::JsonFields::Only({"metadata.name", "metadata.namespace", "metadata.creationTimestamp",
                                          "status", "spec.rayVersion",
                                          "spec.headGroupSpec.template.spec.containers.image"})};
  return kind;
}

std::string HeadImage(const Json& ray_cluster) {
  const Json& containers = At(ray_cluster, {"spec", "headGroupSpec", "template", "spec", "containers"});
  return containers.is_array() && !containers.empty() ? StringAt(containers[0], {"image"}) : "";
}

}  // namespace kubectl_ray
