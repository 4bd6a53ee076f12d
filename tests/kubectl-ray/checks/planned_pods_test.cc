#include "kubectl-ray/checks/planned_pods.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Cluster(bool autoscaled) {
  Json cluster = *shared::ParseJson(R"({"metadata":{"name":"demo"},"spec":{
    "headGroupSpec":{"template":{"metadata":{"labels":{"team":"ml"}},"spec":{"containers":[{"name":"ray-head","image":"ray:1"}]}}},
    "workerGroupSpecs":[{"groupName":"w","replicas":2,"minReplicas":0,"maxReplicas":5,"numOfHosts":2,
      "template":{"spec":{"containers":[{"name":"ray-worker","image":"ray:2","securityContext":{"privileged":false}}]}}}]}})");
  if (autoscaled) cluster["spec"]["enableInTreeAutoscaling"] = true;
  return cluster;
}

}  // namespace

// ray-operator/controllers/ray/common/pod.go of KubeRay 1.7: DefaultWorkerPodTemplate,
// BuildAutoscalerContainer.
TEST_CASE("the operator's containers are among the planned ones", "[checks][planned_pods]") {
  const auto pods = PlanPods(Cluster(true), Backend::kOperator);
  REQUIRE(pods.size() == 2);
  CHECK(pods[0].group == "headgroup");
  CHECK(pods[0].pod["metadata"]["labels"]["team"] == "ml");
  CHECK(pods[0].pod["metadata"]["labels"]["ray.io/node-type"] == "head");
  const Json& autoscaler = pods[0].pod["spec"]["containers"][1];
  CHECK(autoscaler["name"] == "autoscaler");
  CHECK(autoscaler["image"] == "ray:1");
  CHECK(autoscaler["resources"]["limits"]["cpu"] == "500m");
  CHECK(pods[1].count == 4);
  CHECK(pods[1].most == 10);
  const Json& wait = pods[1].pod["spec"]["initContainers"][0];
  CHECK(wait["name"] == "wait-gcs-ready");
  CHECK(wait["image"] == "ray:2");
  CHECK(wait["securityContext"]["privileged"] == false);
}

TEST_CASE("what the user gives the autoscaler counts", "[checks][planned_pods]") {
  Json cluster = Cluster(true);
  cluster["spec"]["autoscalerOptions"] = {{"image", "own"}, {"resources", {{"requests", {{"cpu", "1"}}}}}};
  const Json autoscaler = PlanPods(cluster, Backend::kOperator)[0].pod["spec"]["containers"][1];
  CHECK(autoscaler["image"] == "own");
  CHECK(autoscaler["resources"] == Json{{"requests", {{"cpu", "1"}}}});
}

TEST_CASE("without the operator the pods are as they are", "[checks][planned_pods]") {
  const auto pods = PlanPods(Cluster(false), Backend::kPlain);
  CHECK(!pods[1].pod["spec"].contains("initContainers"));
  CHECK(pods[0].pod["spec"]["containers"].size() == 1);
  CHECK(pods[1].most == 4);
  CHECK(PlanPods(Json{{"spec", {{"workerGroupSpecs", 3}}}}, Backend::kOperator).size() == 1);
}
