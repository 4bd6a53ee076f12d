#include "kubectl-ray/manifests/network_policy.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "tests/support/demo_spec.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

std::string PoliciesOf(const ClusterSpec& spec, const NetworkPolicyOptions& options) {
  const auto policies = NetworkPoliciesFor(RayClusterFor(spec, Backend::kOperator), options);
  if (!policies) return policies.error().message;
  return DumpYaml((*policies)[0]) + "---\n" + DumpYaml((*policies)[1]);
}

}  // namespace

TEST_CASE("the policies of a cluster, whole") {
  CheckGolden("manifests/network-policy.yaml", PoliciesOf(DemoSpec(), {}));
  ClusterSpec spec = DemoSpec();
  spec.autoscaler = "v2";
  PortPlan ports;
  ports.dashboard = 8266;
  ports.client = 10002;
  ports.serve = 8001;
  ports.metrics = 8082;
  ports.first_worker = 8301;
  REQUIRE(FixPorts(ports, &spec));
  spec.agent.metrics_port = 8081;
  CheckGolden("manifests/network-policy-full.yaml",
              PoliciesOf(spec, {.allow_from = {"namespace=ci", "label=app=notebook",
                                               "namespace=ci,label=app=runner,label=team=x", "10.20.0.0/16"},
                                .allow_to = {"fd00::/8"},
                                .metrics_from = {"namespace=monitoring"},
                                .api_server = {"10.96.0.1/32"},
                                .operator_namespace = ""}));
}

TEST_CASE("what is no peer is refused") {
  for (const char* wrong :
       {"", "ci", "namespace=", "namespace=A", "namespace=a,namespace=b", "label=", "label=a", "label==b",
        "label=a=b c", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/08", "10.0.0.0/-1", "fd00::/129",
        "namespace=a,10.0.0.0/8", "namespace=a,", "\x1b[0m/8"}) {
    INFO(wrong);
    const auto policies =
        NetworkPoliciesFor(RayClusterFor(DemoSpec(), Backend::kOperator), {.allow_from = {wrong}});
    REQUIRE(!policies);
    CHECK(policies.error().code == ErrorCode::kUsage);
    CHECK(policies.error().message.find('\x1b') == std::string::npos);
  }
  CHECK(PoliciesOf(DemoSpec(), {.api_server = {"namespace=x"}}) ==
        "cannot use --api-server \"namespace=x\": it is not a CIDR");
  CHECK(PoliciesOf(DemoSpec(), {.operator_namespace = "No"}).starts_with("cannot use \"No\" as a namespace"));
}
