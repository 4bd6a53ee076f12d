#include "kubectl-ray/operator/installation.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/scripted_api.h"

using namespace kubectl_ray;

TEST_CASE("the operator's version is the tag of its Deployment's image, in whichever namespace") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"items":[{"spec":{"template":{"spec":{"containers":[{"image":"quay.io/kuberay/operator:v1.6.2"}]}}}}]})",
       "v1.6.2"},
      {R"({"items":[]})", ""},
      {R"({"items":[{"spec":{"template":{"spec":{"containers":[]}}}}]})", ""},
  };
  for (const auto& [answer, version] : rows) {
    INFO(answer);
    ScriptedApi api({HttpAnswer(200, answer)});
    const KubeClient kube(api.Access(), std::chrono::seconds(10));
    const auto installed = InstalledOperatorVersion(kube);
    REQUIRE(installed);
    CHECK(*installed == version);
    CHECK(api.Asked().front().starts_with("GET /apis/apps/v1/deployments?"));
  }
  ScriptedApi api({HttpAnswer(403, R"({"kind":"Status","code":403,"reason":"Forbidden"})")});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  CHECK(!InstalledOperatorVersion(kube));
}
