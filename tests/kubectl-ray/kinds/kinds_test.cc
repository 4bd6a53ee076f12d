#include "kubectl-ray/kinds/kinds.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "kubectl-ray/kinds/ray_cluster.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_service.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

using Lines = std::vector<std::string>;

std::string Cell(const std::vector<Column>& columns, const std::string& header, const Json& object) {
  for (const Column& column : columns)
    if (column.header == header) return column.cell(object);
  return "no such column";
}

}  // namespace

TEST_CASE("no word and no resource belongs to two kinds, and each row is whole") {
  std::set<std::string> words, plurals;
  for (const Kind* kind : Kinds()) {
    INFO(kind->type);
    for (const std::string& word : {kind->type, kind->resource.plural, kind->noun, kind->nouns}) {
      CHECK(words.insert(word).second);
      CHECK(FindKind(word) == kind);
    }
    CHECK(plurals.insert(kind->resource.plural).second);
    CHECK(FindKind(kind->resource.kind) == kind);
    CHECK(kind->resource.group == "ray.io");
    REQUIRE(kind->columns != nullptr);
    CHECK((kind == &RayClusterKind() || !kind->where_not_served.empty()));
  }
  CHECK(Kinds().front() == &RayClusterKind());
  CHECK(FindKind("pod") == nullptr);
  CHECK(FindKind("") == nullptr);
}

TEST_CASE("an age is that of the row's own moment") {
  SystemTime now = *ParseTime("2026-11-21T03:00:00Z");
  const Clock clock = [&] { return now; };
  const Json object = {{"metadata", {{"creationTimestamp", "2026-11-21T03:00:00Z"}}}};
  for (const Kind* kind : Kinds()) {
    INFO(kind->type);
    const auto columns = kind->columns(clock);
    now = *ParseTime("2026-11-21T03:00:00Z");
    CHECK(Cell(columns, "Age", object) == "0s");
    now += std::chrono::seconds(5);
    CHECK(Cell(columns, "Age", object) == "5s");
  }
}

// Fields: ray-operator/apis/ray/v1/{rayjob,rayservice}_types.go of KubeRay 1.7.
TEST_CASE("the cluster that an object uses") {
  struct Row {
    const Kind& kind;
    const char* object;
    UsedCluster cluster;
  };
  const Row rows[] = {
      {RayClusterKind(), R"({"metadata": {"name": "demo"}})", {"demo"}},
      {RayJobKind(), R"({"status": {"rayClusterName": "j-x1"}})", {"j-x1"}},
      {RayJobKind(), R"({"spec": {"clusterSelector": {}}, "status": {"rayClusterName": "j-x1"}})", {"j-x1"}},
      {RayJobKind(),
       R"({"spec": {"clusterSelector": {"ray.io/cluster": "demo"}}, "status": {"rayClusterName": "demo"}})",
       {"demo", false}},
      {RayJobKind(), "{}", {""}},
      {RayServiceKind(),
       R"({"status": {"activeServiceStatus": {"rayClusterName": "a"}, "pendingServiceStatus": {"rayClusterName": "p"}}})",
       {"a"}},
      {RayServiceKind(), R"({"status": {"pendingServiceStatus": {"rayClusterName": "p"}}})", {"p"}},
      {RayServiceKind(), R"({"status": null})", {""}},
  };
  for (const Row& row : rows) {
    INFO(row.object);
    CHECK(row.kind.cluster_of(*shared::ParseJson(row.object)) == row.cluster);
  }
}

TEST_CASE("what an object says of itself") {
  struct Row {
    const Kind& kind;
    const char* object;
    Lines lines;
  };
  const Row rows[] = {
      {RayJobKind(), "{}", {"PENDING"}},
      {RayJobKind(),
       R"({"status": {"jobStatus": "RUNNING", "jobDeploymentStatus": "Running"}})",
       {"RUNNING, deployment status Running"}},
      {RayJobKind(),
       R"({"status": {"jobStatus": "FAILED", "jobDeploymentStatus": "Failed", "reason": "AppFailed", "message": "exit 1"}})",
       {"FAILED, deployment status Failed", "AppFailed: exit 1"}},
      {RayJobKind(),
       R"({"status": {"jobDeploymentStatus": "Failed", "reason": "DeadlineExceeded"}})",
       {"FAILED, deployment status Failed", "DeadlineExceeded"}},
      {RayJobKind(),
       R"({"spec": {"backoffLimit": 2}, "status": {"jobStatus": "FAILED", "jobDeploymentStatus": "Running", "failed": 1}})",
       {"PENDING, deployment status Running", "1 of 3 attempts failed"}},
      {RayJobKind(),
       R"({"spec": {"backoffLimit": 2}, "status": {"jobStatus": "FAILED", "jobDeploymentStatus": "Running", "failed": 2}})",
       {"FAILED, deployment status Running", "2 of 3 attempts failed"}},
      {RayJobKind(),
       R"({"metadata": {"labels": {"kueue.x-k8s.io/queue-name": "team"}}, "spec": {"suspend": true}})",
       {"PENDING", "Kueue has not admitted it from queue \"team\""}},
      {RayServiceKind(), "{}", {"not running, 0 Serve endpoints"}},
      {RayServiceKind(),
       R"({"status": {"serviceStatus": "Running", "numServeEndpoints": 1, "conditions": [
           {"type": "Ready", "status": "True", "reason": "NonZeroServeEndpoints"},
           {"type": "UpgradeInProgress", "status": "False", "reason": "NoPendingCluster"}],
         "activeServiceStatus": {"applicationStatuses": {"app": {"status": "RUNNING"}}}}})",
       {"Running, 1 Serve endpoint"}},
      {RayServiceKind(),
       R"({"status": {"conditions": [
           {"type": "Ready", "status": "False", "reason": "Initializing", "message": "no endpoints"},
           {"type": "UpgradeInProgress", "status": "True", "reason": "BothActivePendingClustersExist"}],
         "activeServiceStatus": {"applicationStatuses": {"a": {"status": "UNHEALTHY", "message": "died"}}},
         "pendingServiceStatus": {"applicationStatuses": {"b": {}}}}})",
       {"not running, 0 Serve endpoints", "not Ready: Initializing: no endpoints",
        "UpgradeInProgress: BothActivePendingClustersExist", "application \"a\" is UNHEALTHY: died",
        "application \"b\" is new"}},
      {RayServiceKind(),
       R"({"status": {"conditions": [7, {"type": "Ready"}], "activeServiceStatus": {"applicationStatuses": [1]}}})",
       {"not running, 0 Serve endpoints", "not Ready"}},
  };
  for (const Row& row : rows) {
    INFO(row.object);
    CHECK(row.kind.lines(*shared::ParseJson(row.object)) == row.lines);
  }
}

TEST_CASE("a kind that is not served is an error with its own way out") {
  const shared::Error error = NotServed(RayServiceKind()).error;
  CHECK(error.code == shared::ErrorCode::kNotFound);
  CHECK(error.message == "this API server has no RayServices: they come with the KubeRay operator");
  CHECK(error.hint == RayServiceKind().where_not_served);
}
