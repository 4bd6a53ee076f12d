#include "kubectl-ray/operator/apply.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("a Deployment is rolled out if all of its pods are new and available") {
  const std::pair<const char*, bool> rows[] = {
      {R"({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1})", true},
      {R"({"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1})", false},
      {R"({"observedGeneration": 2, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 1})", false},
      {R"({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1})", false},
      {R"({"observedGeneration": 2, "replicas": 1, "availableReplicas": 1})", false},
      {"null", false},
  };
  for (const auto& [status, rolled_out] : rows) {
    INFO(status);
    Json deployment = {{"metadata", {{"generation", 2}}}, {"spec", {{"replicas", 1}}}};
    deployment["status"] = *shared::ParseJson(status);
    CHECK(IsRolledOut(deployment) == rolled_out);
  }
}
