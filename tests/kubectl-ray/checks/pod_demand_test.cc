#include "kubectl-ray/checks/pod_demand.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Spec(const char* text) { return *shared::ParseJson(text); }

std::string Shown(const Amounts& amounts) {
  std::string text;
  for (const auto& [resource, amount] : amounts) text += resource + "=" + amount.ToString() + " ";
  return text;
}

}  // namespace

// https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers, and
// for sidecars KEP-753: what stays is counted among the containers, and beside each init container after it.
TEST_CASE("a pod asks for what its containers need together, or an init container alone",
          "[checks][pod_demand]") {
  struct Row {
    const char* spec;
    const char* requests;
    const char* limits;
  };
  const Row rows[] = {
      {R"({})", "", ""},
      {R"({"containers":[{"resources":{"requests":{"cpu":"1","memory":"1Gi"}}},{"resources":{"requests":{"cpu":"500m"}}}]})",
       "cpu=1500m memory=1Gi ", ""},
      {R"({"containers":[{"resources":{"limits":{"cpu":"2"}}}]})", "cpu=2 ", "cpu=2 "},
      {R"({"containers":[{"resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1"}}}]})", "cpu=1 ", "cpu=2 "},
      {R"({"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"resources":{"requests":{"cpu":"3"}}}]})",
       "cpu=3 ", ""},
      {R"({"containers":[{"resources":{"requests":{"cpu":"4"}}}],"initContainers":[{"resources":{"requests":{"cpu":"3"}}}]})",
       "cpu=4 ", ""},
      {R"({"containers":[{"resources":{"requests":{"cpu":"1"}}}],
           "initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"2"}}},{"resources":{"requests":{"cpu":"3"}}}]})",
       "cpu=5 ", ""},
      {R"({"containers":[{"resources":{"requests":{"cpu":2,"memory":"many"}}}]})", "cpu=2 ", ""},
      {R"({"containers":"none"})", "", ""},
  };
  for (const Row& row : rows) {
    INFO(row.spec);
    const PodDemand demand = DemandOf(Spec(row.spec));
    CHECK(Shown(demand.requests) == row.requests);
    CHECK(Shown(demand.limits) == row.limits);
  }
}

TEST_CASE("containers without an amount are named", "[checks][pod_demand]") {
  const Json spec = Spec(R"({"initContainers":[{"name":"i"}],"containers":[
      {"name":"a","resources":{"limits":{"cpu":"1"}}},{"name":"b","resources":{"requests":{"cpu":"1"}}}]})");
  CHECK(ContainersWithout(spec, "limits", "cpu") == std::vector<std::string>{"i", "b"});
  CHECK(ContainersWithout(spec, "requests", "cpu") == std::vector<std::string>{"i"});
}
