#include "kubectl-ray/pods/quota_usage.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Container(const char* resources, const char* policy = "") {
  Json container = {{"resources", *shared::ParseJson(resources)}};
  if (*policy != '\0') container["restartPolicy"] = policy;
  return container;
}

std::string Of(const Json& pod, const char* name) {
  QuotaUsage usage;
  AddQuotaUsage(pod, &usage);
  return usage.contains(name) ? usage[name].ToString() : "none";
}

}  // namespace

TEST_CASE("a pod takes the sum of its containers and sidecars, or its largest init container") {
  const Json pod = {
      {"spec",
       {{"containers",
         Json::array({Container(R"({"requests":{"cpu":"1","memory":"1Gi"},"limits":{"cpu":"2"}})"),
                      Container(R"({"requests":{"cpu":"250m","nvidia.com/gpu":"1"}})")})},
        {"initContainers",
         Json::array({Container(R"({"requests":{"cpu":"250m","memory":"2Gi"}})"),
                      Container(R"({"requests":{"cpu":"100m"}})", "Always"), Container("{}")})}}}};
  CHECK(Of(pod, "requests.cpu") == "1350m");
  CHECK(Of(pod, "cpu") == "1350m");
  CHECK(Of(pod, "limits.cpu") == "2");
  CHECK(Of(pod, "requests.memory") == "2Gi");
  CHECK(Of(pod, "requests.nvidia.com/gpu") == "1");
  CHECK(Of(pod, "limits.memory") == "none");
  CHECK((Of(pod, "pods") == "1" && Of(pod, "count/pods") == "1"));
}

TEST_CASE("a pod that is over or goes takes nothing, and nonsense is nothing") {
  Json pod = {{"spec", {{"containers", Json::array({Container(R"({"requests":{"cpu":"1"}})")})}}}};
  pod["status"]["phase"] = "Succeeded";
  CHECK(Of(pod, "pods") == "none");
  pod["status"]["phase"] = "Running";
  pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  CHECK(Of(pod, "pods") == "none");
  CHECK(Of(nullptr, "pods") == "1");
  for (const char* resources :
       {"5", R"({"requests":5})", R"({"requests":{"cpu":1}})", R"({"limits":{"cpu":"x"}})"}) {
    const Json odd = {{"spec", {{"containers", Json::array({Container(resources)})}, {"initContainers", 5}}}};
    CHECK((Of(odd, "requests.cpu") == "none" && Of(odd, "pods") == "1"));
  }
}
