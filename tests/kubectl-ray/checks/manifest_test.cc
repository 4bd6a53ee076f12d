#include "kubectl-ray/checks/manifest.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("the cluster of a file's object", "[checks]") {
  const auto of = [](const char* text) { return RayClusterOfManifest("x.yaml", *shared::ParseJson(text)); };
  CHECK((*of(R"({"kind":"RayCluster","spec":{"a":1}})"))["spec"]["a"] == 1);
  const Json of_job = *of(R"({"kind":"RayJob","metadata":{"name":"j"},"spec":{"rayClusterSpec":{"a":2}}})");
  CHECK(of_job["kind"] == "RayCluster");
  CHECK(of_job["metadata"]["name"] == "j");
  CHECK(of_job["spec"]["a"] == 2);
  CHECK((*of(R"({"kind":"RayCronJob","spec":{"jobTemplate":{"rayClusterSpec":{"a":4}}}})"))["spec"]["a"] ==
        4);
  CHECK((*of(R"({"kind":"RayService","spec":{"rayClusterConfig":{"a":3}}})"))["spec"]["a"] == 3);
  CHECK(of(R"({"kind":"RayJob","spec":{"clusterSelector":{"a":"b"}}})").error().message ==
        "cannot examine \"x.yaml\": its RayJob makes no cluster of its own");
  CHECK(of(R"({"kind":"Pod"})").error().message == "cannot examine \"x.yaml\": it holds \"Pod\"");
  CHECK(of(R"([1])").error().code == shared::ErrorCode::kUsage);
}

TEST_CASE("a field of the cluster is one of the file's object", "[checks]") {
  CHECK(FieldOfManifest("RayCluster", "spec.rayVersion") == "spec.rayVersion");
  CHECK(FieldOfManifest("RayJob", "spec.rayVersion") == "spec.rayClusterSpec.rayVersion");
  CHECK(FieldOfManifest("RayService", "spec.workerGroupSpecs[0]") ==
        "spec.rayClusterConfig.workerGroupSpecs[0]");
  CHECK(FieldOfManifest("RayService", "") == "");
  CHECK(FieldOfManifest("RayCronJob", "spec.workerGroupSpecs[0]") ==
        "spec.jobTemplate.rayClusterSpec.workerGroupSpecs[0]");
}
