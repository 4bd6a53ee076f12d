#include "kubectl-ray/services/new_service.h"

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/agent.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "kubectl-ray/manifests/set_path.h"

namespace kubectl_ray {
namespace {

using shared::At;

bool AsksAgent(const Json& probe) {
  const Json& command = At(probe, {"exec", "command"});
  return command.is_array() && !command.empty() && command[0] == kAgentProgram;
}

void LeaveReadinessToKubeRay(Json* cluster_spec) {
  for (Json& group : (*cluster_spec)["workerGroupSpecs"]) {
    Json& containers = group["template"]["spec"]["containers"];
    if (containers.is_array() && !containers.empty() && AsksAgent(At(containers[0], {"readinessProbe"})))
      containers[0].erase("readinessProbe");
  }
}

}  // namespace

shared::Result<Json> RayServiceFor(const ClusterSpec& cluster, const std::string& serve_config,
                                   const std::vector<std::string>& assignments) {
  const Json ray_cluster = RayClusterFor(cluster, Backend::kOperator);
  Json service = {{"apiVersion", kRayServices.ApiVersion()},
                  {"kind", kRayServices.kind},
                  {"metadata", At(ray_cluster, {"metadata"})},
                  {"spec", Json::object()}};
  if (!serve_config.empty()) service["spec"]["serveConfigV2"] = serve_config;
  service["spec"]["rayClusterConfig"] = At(ray_cluster, {"spec"});
  LeaveReadinessToKubeRay(&service["spec"]["rayClusterConfig"]);
  for (const std::string& assignment : assignments) TRY(Assign(service, assignment));
  if (!At(service, {"spec", "rayClusterConfig"}).is_object())
    return shared::Fail(shared::ErrorCode::kUsage, "cannot make a RayService: --set leaves it no cluster");
  Json settled = {{"spec", At(service, {"spec", "rayClusterConfig"})}};
  WriteQuantitiesAsText(&settled);
  SettlePods(&settled);
  service["spec"]["rayClusterConfig"] = std::move(settled["spec"]);
  return service;
}

}  // namespace kubectl_ray
