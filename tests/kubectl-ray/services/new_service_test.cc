#include "kubectl-ray/services/new_service.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::At;
using shared::Json;

namespace {

ClusterSpec Small(AgentOptions::Delivery delivery) {
  ClusterSpec spec;
  spec.name = "demo";
  spec.ns = "ns";
  spec.labels = {{"team", "a"}};
  spec.image = "x";
  spec.worker_groups = {WorkerGroup()};
  spec.agent.delivery = delivery;
  spec.agent.image = "agent";
  return spec;
}

Json Container(const Json& service, const char* group) {
  const Json& config = At(service, {"spec", "rayClusterConfig"});
  const Json& spec =
      group == std::string("head") ? At(config, {"headGroupSpec"}) : At(config, {"workerGroupSpecs"})[0];
  return At(spec, {"template", "spec", "containers"})[0];
}

}  // namespace

TEST_CASE("a RayService has the cluster, the Serve config, and what --set says") {
  const auto service =
      RayServiceFor(Small(AgentOptions::Delivery::kNone), "applications: []",
                    {"spec.upgradeStrategy.type=None", "spec.rayClusterConfig.workerGroupSpecs[0].replicas=4",
                     "spec.rayClusterConfig.headGroupSpec.template.spec.containers[0]."
                     "resources.limits.cpu=3"});
  REQUIRE(service);
  CHECK(At(*service, {"metadata"}) ==
        Json{{"name", "demo"}, {"namespace", "ns"}, {"labels", {{"team", "a"}}}});
  CHECK(At(*service, {"spec", "serveConfigV2"}) == "applications: []");
  CHECK(At(*service, {"spec", "upgradeStrategy", "type"}) == "None");
  CHECK(At(*service, {"spec", "rayClusterConfig", "workerGroupSpecs"})[0]["replicas"] == 4);
  CHECK(At(Container(*service, "head"), {"resources", "limits", "cpu"}) == "3");
  CHECK(!service->contains("status"));
  CHECK(!RayServiceFor(Small(AgentOptions::Delivery::kNone), "", {"spec.rayClusterConfig=1"}));
  CHECK(!RayServiceFor(Small(AgentOptions::Delivery::kNone), "", {"nothing"}));
}

TEST_CASE("workers under the agent leave their readiness to KubeRay, which asks Serve's proxy") {
  const auto service = RayServiceFor(Small(AgentOptions::Delivery::kImage), "", {});
  REQUIRE(service);
  CHECK(Container(*service, "head").contains("readinessProbe"));
  CHECK(!Container(*service, "worker").contains("readinessProbe"));
  CHECK(Container(*service, "worker").contains("livenessProbe"));
  ClusterSpec own = Small(AgentOptions::Delivery::kImage);
  own.pods.template_patch = Json::parse(
      R"({"spec": {"containers": [{"name": "ray-worker", "readinessProbe": {"exec": {"command": ["true"]}}}]}})");
  const auto kept = RayServiceFor(own, "", {});
  REQUIRE(kept);
  CHECK(At(Container(*kept, "worker"), {"readinessProbe", "exec", "command"})[0] == "true");
}
