#include "kubectl-ray/clusters/create.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/manifests/network_policy.h"
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

// kuberay#5030: pods that start before their policy is there reach whom they should not.
TEST_CASE("policies are there before the cluster, and get it as their owner") {
  const std::string policy = HttpAnswer(
      201, R"({"kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1","metadata":{"name":"demo-ray-head",
                          "namespace":"team","uid":"p1","labels":{},"managedFields":[]},"spec":{}})");
  const std::string made = HttpAnswer(201, "{}");
  ScriptedApi api({kNotServed, kNotFound, policy, policy, kHead, made, made, policy, policy});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  auto plan = PlanCluster(Spec(), {}, Backend::kPlain);
  REQUIRE(plan);
  plan->policies = *NetworkPoliciesFor(plan->ray_cluster, {});
  REQUIRE(CreateCluster(kube, Spec(), &*plan, false));
  const std::vector<std::string> asked = api.Asked();
  REQUIRE(asked.size() == 9);
  const std::string policies = "PATCH /apis/networking.k8s.io/v1/namespaces/team/networkpolicies/";
  CHECK(asked[2].starts_with(policies + "demo-ray-head"));
  CHECK(asked[3].starts_with(policies + "demo-ray-worker"));
  CHECK(asked[4].starts_with("POST /apis/apps/v1/namespaces/team/deployments"));
  CHECK(api.Request(2).find("ownerReferences") == std::string::npos);
  CHECK(api.Request(7).find(R"("uid":"u1")") != std::string::npos);
  CHECK(api.Request(7).find("managedFields") == std::string::npos);
}

TEST_CASE("policies of a cluster that is refused are taken back") {
  const std::string refused =
      HttpAnswer(403, R"({"kind":"Status","code":403,"reason":"Forbidden","message":"exceeded quota"})");
  const std::string policy = HttpAnswer(201, R"({"metadata":{"name":"demo-ray-head","namespace":"team"}})");
  ScriptedApi api({kNotServed, kNotFound, policy, policy, refused, HttpAnswer(200, "{}"), refused});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  auto plan = PlanCluster(Spec(), {}, Backend::kPlain);
  REQUIRE(plan);
  plan->policies = *NetworkPoliciesFor(plan->ray_cluster, {});
  const auto made = CreateCluster(kube, Spec(), &*plan, false);
  REQUIRE(!made);
  CHECK(made.error().code == ErrorCode::kAuth);
  CHECK(made.error().hint.find("kubectl delete networkpolicy demo-ray-head -n team") != std::string::npos);
  const std::vector<std::string> asked = api.Asked();
  REQUIRE(asked.size() == 7);
  for (const std::size_t i : {5u, 6u})
    CHECK(asked[i].starts_with("DELETE /apis/networking.k8s.io/v1/namespaces/team/networkpolicies/"));
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
