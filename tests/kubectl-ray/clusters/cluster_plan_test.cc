#include "kubectl-ray/clusters/cluster_plan.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/demo_spec.h"

using namespace kubectl_ray;
using shared::ErrorCode;
using shared::StringAt;

namespace {

std::vector<std::string> KindsOf(const ClusterPlan& plan) {
  std::vector<std::string> kinds;
  for (const Json& object : ObjectsOf(plan)) kinds.push_back(StringAt(object, {"kind"}));
  return kinds;
}

// The variable of the Ray container of a Deployment.
Json EnvironmentOf(const Json& deployment, const std::string& name) {
  for (const Json& variable : deployment["spec"]["template"]["spec"]["containers"][0]["env"])
    if (StringAt(variable, {"name"}) == name) return variable;
  return nullptr;
}

}  // namespace

TEST_CASE("a plan is a RayCluster, or the objects in its place, with what --set changed in either") {
  const std::vector<std::string> set = {"spec.workerGroupSpecs[0].replicas=4"};
  const auto with_operator = PlanCluster(DemoSpec(), set, Backend::kOperator);
  REQUIRE(with_operator);
  CHECK(KindsOf(*with_operator) == std::vector<std::string>{"RayCluster"});
  CHECK(with_operator->ray_cluster["spec"]["workerGroupSpecs"][0]["replicas"] == 4);
  const auto plain = PlanCluster(DemoSpec(), set, Backend::kPlain);
  REQUIRE(plain);
  CHECK(KindsOf(*plain) == std::vector<std::string>{"Deployment", "Service", "Deployment"});
  CHECK(plain->plain.workers[0]["spec"]["replicas"] == 4);
}

TEST_CASE("what cannot be planned is a usage error") {
  for (const char* set : {"spec", "metadata[0]=1", "=x"}) {
    INFO(set);
    const auto plan = PlanCluster(DemoSpec(), {set}, Backend::kOperator);
    REQUIRE(!plan);
    CHECK(plan.error().code == ErrorCode::kUsage);
  }
  // Only the operator has an autoscaler.
  const auto plan = PlanCluster(DemoSpec(), {"spec.enableInTreeAutoscaling=true"}, Backend::kPlain);
  REQUIRE(!plan);
  CHECK(plan.error().code == ErrorCode::kUsage);
}

// A RayCluster's fields take text and whole numbers, a Deployment's any number.
TEST_CASE("unquoted quantities of --set count, and are sent as text") {
  const std::vector<std::string> set = {
      "spec.workerGroupSpecs[0].template.spec.containers[0].resources.limits={amd.com/gpu: 2, cpu: 0.5, "
      "memory: "
      "1e9}"};
  const auto with_operator = PlanCluster(DemoSpec(), set, Backend::kOperator);
  REQUIRE(with_operator);
  const Json& group = with_operator->ray_cluster["spec"]["workerGroupSpecs"][0];
  CHECK(group["template"]["spec"]["containers"][0]["resources"]["limits"] ==
        Json{{"amd.com/gpu", "2"}, {"cpu", "0.5"}, {"memory", "1000000000"}});
  const auto plain = PlanCluster(DemoSpec(), set, Backend::kPlain);
  REQUIRE(plain);
  const Json params =
      Json::parse(StringAt(EnvironmentOf(plain->plain.workers[0], "RAY_START_PARAMS"), {"value"}));
  CHECK(params == Json{{"num-cpus", "1"}, {"memory", "1000000000"}, {"num-gpus", "2"}});
}
