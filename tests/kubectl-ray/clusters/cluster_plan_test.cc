#include "kubectl-ray/clusters/cluster_plan.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::ErrorCode;
using shared::StringAt;

namespace {

ClusterSpec Spec() {
  ClusterSpec spec;
  spec.name = "demo";
  spec.ns = "team";
  spec.image = "rayproject/ray:2.52.0";
  spec.worker_groups = {WorkerGroup{}};
  return spec;
}

std::vector<std::string> KindsOf(const ClusterPlan& plan) {
  std::vector<std::string> kinds;
  for (const Json& object : ObjectsOf(plan)) kinds.push_back(StringAt(object, {"kind"}));
  return kinds;
}

}  // namespace

TEST_CASE("a plan is a RayCluster, or the objects in its place, with what --set changed in either") {
  const std::vector<std::string> set = {"spec.workerGroupSpecs[0].replicas=4"};
  const auto with_operator = PlanCluster(Spec(), set, Backend::kOperator);
  REQUIRE(with_operator);
  CHECK(KindsOf(*with_operator) == std::vector<std::string>{"RayCluster"});
  CHECK(with_operator->ray_cluster["spec"]["workerGroupSpecs"][0]["replicas"] == 4);
  const auto plain = PlanCluster(Spec(), set, Backend::kPlain);
  REQUIRE(plain);
  CHECK(KindsOf(*plain) == std::vector<std::string>{"Deployment", "Service", "Deployment"});
  CHECK(plain->plain.workers[0]["spec"]["replicas"] == 4);
}

TEST_CASE("what cannot be planned is a usage error") {
  for (const char* set : {"spec", "metadata[0]=1", "=x"}) {
    INFO(set);
    const auto plan = PlanCluster(Spec(), {set}, Backend::kOperator);
    REQUIRE(!plan);
    CHECK(plan.error().code == ErrorCode::kUsage);
  }
  // Only the operator has an autoscaler.
  const auto plan = PlanCluster(Spec(), {"spec.enableInTreeAutoscaling=true"}, Backend::kPlain);
  REQUIRE(!plan);
  CHECK(plan.error().code == ErrorCode::kUsage);
}
