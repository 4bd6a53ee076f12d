#include "kubectl-ray/ray/job.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/ray/job_follower.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "kubectl-ray/ray/submission_id.h"

using namespace kubectl_ray;

TEST_CASE("a job is read as the dashboard tells it") {
  const auto json = shared::ParseJson(
      R"({"type":"SUBMISSION","job_id":"01000000","submission_id":"x","status":"FAILED","entrypoint":"python a",
          "message":"m","error_type":"JOB_ENTRYPOINT_COMMAND_ERROR","start_time":5,"end_time":null,
          "driver_node_id":"ab","driver_exit_code":-9,"metadata":{"a":"b"}})");
  const auto job = ParseJob(*json);
  REQUIRE(job.has_value());
  CHECK(job->status == JobStatus::kFailed);
  CHECK(IsOver(job->status));
  CHECK(job->start_time_ms == 5);
  CHECK(job->end_time_ms == 0);
  CHECK(job->driver_exit_code == -9);
}

TEST_CASE("an object that is no job is refused, a status of the future is not over") {
  for (const char* text : {"{}", "[]", "null", R"({"status":5})"})
    CHECK_FALSE(ParseJob(*shared::ParseJson(text)).has_value());
  const auto job = ParseJob(*shared::ParseJson(R"({"status":"PAUSED","driver_exit_code":"x"})"));
  REQUIRE(job.has_value());
  CHECK(job->status == JobStatus::kUnknown);
  CHECK_FALSE(IsOver(job->status));
  CHECK_FALSE(job->driver_exit_code.has_value());
}

TEST_CASE("exit codes say what they mean") {
  CHECK(DescribeExitCode(0) == "exit code 0");
  CHECK(DescribeExitCode(3) == "exit code 3");
  CHECK(DescribeExitCode(137) == "signal 9 (Killed)");
  CHECK(DescribeExitCode(-15) == "signal 15 (Terminated)");
  CHECK(DescribeExitCode(-16) == "signal 16");
  CHECK(DescribeExitCode(192) == "signal 64");
  CHECK(DescribeExitCode(193) == "exit code 193");
  CHECK(DescribeExitCode(128) == "exit code 128");
  CHECK(DescribeExitCode(255) == "exit code 255");
}

TEST_CASE("a submission id is new each time and one that Ray can use") {
  CHECK(GenerateSubmissionId() != GenerateSubmissionId());
  CHECK(ValidateSubmissionId(GenerateSubmissionId()).has_value());
  for (const char* id : {"", "a/b", "a b", "\xff"}) CHECK_FALSE(ValidateSubmissionId(id).has_value());
  CHECK_FALSE(ValidateSubmissionId(std::string(201, 'a')).has_value());
}

TEST_CASE("newlines are universal wherever the pieces end") {
  const std::string text = "a\r\nb\rc\n\r\r\nd";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    UniversalNewlines newlines;
    std::string out = newlines.Translate(text.substr(0, cut));
    out += newlines.Translate(text.substr(cut));
    CHECK(out == "a\nb\nc\n\n\nd");
  }
}

TEST_CASE("a dashboard's refusal tells the last line of its traceback") {
  const auto error =
      DashboardError(500, "Traceback:\n  File x\nValueError: no such thing.\n.", "submit job \"x\"");
  CHECK(error.message == "cannot submit job \"x\": ValueError: no such thing (HTTP status 500)");
  // pydantic's: each field and its fault, without the link below them.
  CHECK(DashboardError(
            400,
            "2 validation errors for ServeDeploySchema\na.0.b\n  Field required [type=missing]\n    For "
            "further information visit https://x\nc\n  Bad\n    For further information visit https://y",
            "x")
            .message == "cannot x: a.0.b: Field required [type=missing]; c: Bad (HTTP status 400)");
  CHECK(DashboardError(400, "1 validation error for X", "x").message.starts_with("cannot x: "));
  CHECK(DashboardError(401, "", "x").code == shared::ErrorCode::kAuth);
  CHECK(DashboardError(404, "", "x").code == shared::ErrorCode::kNotFound);
  // job_head.py without an agent: 2.40.0's own words, and those of the sources of 2.9.3 and 2.60.0.
  const char* of_240 = "AttributeError: 'NoneType' object has no attribute 'submit_job_internal'\n";
  const char* of_260 = "No available agent to submit job, please try again later.";
  CHECK(DashboardError(500, of_240, "x").code == shared::ErrorCode::kUnavailable);
  CHECK(DashboardError(500, of_260, "x").code == shared::ErrorCode::kUnavailable);
  CHECK(DashboardError(400, of_260, "x").code == shared::ErrorCode::kUsage);
  CHECK(DashboardError(500, "'NoneType' object has no attribute 'x'", "x").code ==
        shared::ErrorCode::kInternal);
}

namespace {

// Returns what is delivered of `again`, which starts at the first byte, after `shown` was delivered in pieces
// of `size`.
std::string Rest(std::string_view shown, std::string_view again, std::size_t size) {
  OutputPosition before;
  for (std::size_t at = 0; at < shown.size(); at += size) before.AdvancePast({}, shown.substr(at, size));
  OutputPosition place;
  std::string rest;
  for (std::size_t at = 0; at < again.size(); at += size) {
    const std::string_view fresh = place.AdvancePast(before, again.substr(at, size));
    if (fresh.empty()) continue;
    rest += fresh;
    before = place;
  }
  return rest;
}

}  // namespace

TEST_CASE("output goes on where it was, whichever way its newlines were sent") {
  struct Row {
    const char *shown, *again, *rest;
  };
  const Row rows[] = {
      {"", "", ""},
      {"", "a\nb", "a\nb"},
      {"a\nb", "a\nb", ""},
      {"a\nb", "a\nbc\n", "c\n"},
      {"a", "a\n\nb\n", "\n\nb\n"},
      {"a\n", "a\n\nb\n", "\nb\n"},
      {"\n\n", "\n\n\n", "\n"},
      {"a\n\nb\n", "a\nb\nc\n", "c\n"},  // the WebSocket read the halves of "\r\n" as two newlines
      {"a\n\n", "a\nb\n", "b\n"},
      {"a\n\nb\n\nc", "a\nb\ncd", "d"},
      {"a\nb\n", "a\n\nb\nc", "c"},
  };
  for (const Row& row : rows)
    for (std::size_t size : {1, 2, 3, 100}) {
      INFO(row.shown << " | " << row.again << " | " << size);
      CHECK(Rest(row.shown, row.again, size) == row.rest);
    }
}
