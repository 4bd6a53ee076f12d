#include "kubectl-ray/clusters/create.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/demo_spec.h"
#include "tests/support/scripted_api.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

ClusterSpec Spec() {
  ClusterSpec spec = DemoSpec();
  spec.agent.delivery = AgentOptions::Delivery::kNone;
  return spec;
}

const std::string kNotServed = HttpAnswer(200, R"({"resources":[]})");
const std::string kNotFound = HttpAnswer(404, R"({"kind":"Status","code":404})");
const std::string kHead =
    HttpAnswer(201, R"({"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"demo-head",
                        "namespace":"team","uid":"u1","labels":{"ray.io/cluster":"demo"}}})");

}  // namespace

TEST_CASE("a cluster that is refused in the middle is taken back") {
  const std::string refused =
      HttpAnswer(403, R"({"kind":"Status","code":403,"reason":"Forbidden","message":"exceeded quota"})");
  ScriptedApi api({kNotServed, kNotFound, kHead, refused, HttpAnswer(200, "{}")});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  auto plan = PlanCluster(Spec(), {}, Backend::kPlain);
  REQUIRE(plan);
  const auto made = CreateCluster(kube, Spec(), &*plan, false);
  REQUIRE(!made);
  CHECK(made.error().code == ErrorCode::kAuth);
  const std::vector<std::string> asked = api.Asked();
  REQUIRE(asked.size() == 5);
  CHECK(asked[2].starts_with("POST /apis/apps/v1/namespaces/team/deployments"));
  CHECK(asked[3].starts_with("POST /api/v1/namespaces/team/services"));
  CHECK(asked[4].starts_with("DELETE /apis/apps/v1/namespaces/team/deployments/demo-head"));
}

TEST_CASE("a name that a cluster of either kind has is a conflict, and nothing is sent") {
  ScriptedApi api({kNotServed, HttpAnswer(200, R"({"kind":"PartialObjectMetadata"})")});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  auto plan = PlanCluster(Spec(), {}, Backend::kPlain);
  REQUIRE(plan);
  const auto made = CreateCluster(kube, Spec(), &*plan, false);
  REQUIRE(!made);
  CHECK(made.error().code == ErrorCode::kConflict);
  for (const std::string& request : api.Asked()) CHECK(request.starts_with("GET "));
}
