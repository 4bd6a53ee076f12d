#include "kubectl-ray/jobs/job_record.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/ray_job.h"

using namespace kubectl_ray;
using shared::StringAt;

namespace {

shared::Json RayJob(const char* name, const char* cluster, const char* id, const char* job_status,
                    const char* deployment_status) {
  return {{"metadata", {{"name", name}, {"creationTimestamp", "1970-01-01T00:00:07Z"}}},
          {"spec", {{"entrypoint", "python a.py"}, {"jobId", id}}},
          {"status",
           {{"rayClusterName", cluster},
            {"jobId", id},
            {"jobStatus", job_status},
            {"jobDeploymentStatus", deployment_status}}}};
}

shared::Json Told(const char* cluster, const char* id, const char* status) {
  return {{"type", "SUBMISSION"}, {"submission_id", id}, {"status", status}, {"ray_cluster", cluster}};
}

}  // namespace

TEST_CASE("a RayJob's status is one of Ray's") {
  struct Row {
    const char *job, *deployment, *status;
    bool over;
  };
  const Row rows[] = {
      {"", "", "PENDING", false},
      {"", "Initializing", "PENDING", false},
      {"", "Waiting", "PENDING", false},
      {"PENDING", "Running", "PENDING", false},
      {"RUNNING", "Running", "RUNNING", false},
      {"SUCCEEDED", "Running", "SUCCEEDED", true},
      {"SUCCEEDED", "Complete", "SUCCEEDED", true},
      {"FAILED", "Failed", "FAILED", true},
      {"STOPPED", "Complete", "STOPPED", true},
      {"", "Failed", "FAILED", true},
      {"RUNNING", "Failed", "FAILED", true},  // activeDeadlineSeconds
      {"", "ValidationFailed", "FAILED", true},
      {"", "Suspending", "STOPPED", false},
      {"", "Suspended", "STOPPED", false},
      {"", "Retrying", "PENDING", false},
      {"FAILED", "Retrying", "PENDING", false},
      {"FAILED", "Running", "FAILED", true},  // without a backoffLimit
  };
  for (const Row& row : rows) {
    INFO(row.job << ' ' << row.deployment);
    const RayJobState state = ReadRayJobState(RayJob("a", "c", "x", row.job, row.deployment));
    CHECK(StatusName(state) == row.status);
    CHECK(state.over == row.over);
  }
}

TEST_CASE("a list has each job once, whoever tells it") {
  const std::vector<shared::Json> records =
      MergeRecords({Told("c1", "x", "RUNNING"), Told("c2", "x", "FAILED"), Told("c1", "", "RUNNING")},
                   {RayJob("sample", "c1", "x", "RUNNING", "Running"),
                    RayJob("gone", "c3", "x", "SUCCEEDED", "Complete"), RayJob("new", "", "", "", "")});
  REQUIRE(records.size() == 5);
  CHECK(StringAt(records[0], {"ray_job"}) == "sample");
  CHECK(NameOf(records[0]) == "x");
  CHECK(StringAt(records[1], {"ray_job"}).empty());
  CHECK(NameOf(records[3]) == "rayjob/gone");
  CHECK(StringAt(records[3], {"status"}) == "SUCCEEDED");
  CHECK(NameOf(records[4]) == "rayjob/new");
  CHECK(shared::IntAt(records[4], {"start_time"}) == 7000);
}

TEST_CASE("a driver that was not submitted is named by its job id") {
  CHECK(NameOf({{"type", "DRIVER"}, {"submission_id", nullptr}, {"job_id", "01000000"}}) == "01000000");
}

TEST_CASE("a RayJob of any shape becomes a record") {
  for (const char* text : {"{}", "[]", "null", R"({"status":5,"metadata":[],"spec":"x"})"}) {
    const shared::Json record = RecordOf(*shared::ParseJson(text));
    CHECK(StringAt(record, {"status"}) == "PENDING");
    CHECK(record["end_time"].is_null());
  }
}
