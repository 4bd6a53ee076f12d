#include "kubectl-ray/clusters/cluster_plan.h"

#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "kubectl-ray/manifests/set_path.h"

namespace kubectl_ray {

shared::Result<ClusterPlan> PlanCluster(const ClusterSpec& spec, const std::vector<std::string>& assignments,
                                        Backend backend) {
  ClusterPlan plan{
      .backend = backend, .ray_cluster = RayClusterFor(spec, backend), .plain = {}, .policies = {}};
  for (const std::string& assignment : assignments) TRY(Assign(plan.ray_cluster, assignment));
  WriteQuantitiesAsText(&plan.ray_cluster);
  SettlePods(&plan.ray_cluster);
  if (backend == Backend::kPlain) {
    ASSIGN_OR_RETURN(plan.plain, DeploymentsFor(plan.ray_cluster));
  }
  return plan;
}

std::vector<Json> ObjectsOf(const ClusterPlan& plan) {
  std::vector<Json> objects = plan.policies;
  if (plan.backend == Backend::kOperator) {
    objects.push_back(plan.ray_cluster);
    return objects;
  }
  objects.push_back(plan.plain.head);
  objects.push_back(plan.plain.service);
  objects.insert(objects.end(), plan.plain.workers.begin(), plan.plain.workers.end());
  return objects;
}

}  // namespace kubectl_ray
