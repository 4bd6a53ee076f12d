#include "kubectl-ray/cronjobs/cron_job.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

const SystemTime kNow = *ParseTime("2026-11-29T18:00:00Z");

Json CronJob(const std::string& spec, const std::string& last) {
  return *shared::ParseJson(
      R"({"metadata": {"name": "night", "namespace": "team", "uid": "u-1", "creationTimestamp": "2026-11-20T12:00:00Z"},
          "spec": )" +
      spec + R"(, "status": )" + (last.empty() ? "{}" : R"({"lastScheduleTime": ")" + last + "\"}") + "}");
}

Json RayJob(const std::string& name, const std::string& scheduled, const std::string& created,
            const std::string& status) {
  return *shared::ParseJson(R"({"metadata": {"name": ")" + name + R"(", "creationTimestamp": ")" + created +
                            R"(", "annotations": {"ray.io/cronjob-scheduled-timestamp": ")" + scheduled +
                            R"("}}, "status": )" + status + "}");
}

// As KubeRay 1.7 names them.
const std::vector<Json>& Runs() {
  static const std::vector<Json> runs = {
      RayJob(
          "night-29398260", "2026-11-27T03:00:00Z", "2026-11-27T03:00:00Z",
          R"({"jobStatus": "SUCCEEDED", "jobDeploymentStatus": "Complete", "endTime": "2026-11-27T03:12:00Z"})"),
      RayJob("night-29401140", "2026-11-29T03:00:00Z", "2026-11-29T03:00:01Z",
             R"({"jobStatus": "FAILED", "jobDeploymentStatus": "Failed", "endTime": "2026-11-29T03:01:01Z",
                 "message": "Job entrypoint command failed with exit code 3, last available logs:\n\u001b[31mx"})"),
      RayJob(
          "night-29399700", "2026-11-28T03:00:00Z", "2026-11-28T03:00:00Z",
          R"({"jobDeploymentStatus": "Failed", "reason": "DeadlineExceeded", "endTime": "2026-11-28T04:00:00Z"})"),
      RayJob("night-again", "", "2026-11-29T17:58:00Z",
             R"({"jobStatus": "RUNNING", "jobDeploymentStatus": "Running"})")};
  return runs;
}

}  // namespace

TEST_CASE("how many runs were missed") {
  const struct {
    const char *schedule, *last;
    std::int64_t count;
    bool more;
    const char* first;  // empty: none
  } rows[] = {
      {"0 3 * * *", "2026-11-29T03:00:00Z", 0, false, ""},
      {"0 18 * * *", "2026-11-28T18:00:00Z", 1, false, "2026-11-29T18:00:00Z"},
      {"0 3 * * *", "", 9, false, "2026-11-21T03:00:00Z"},  // since it was made
      {"@every 6h", "2026-11-29T03:00:00Z", 2, false, "2026-11-29T09:00:00Z"},
      {"* * * * *", "2026-11-20T00:00:00Z", 1000, true, "2026-11-20T00:01:00Z"},
      {"no schedule", "2026-11-20T00:00:00Z", 0, false, ""},
  };
  for (const auto& row : rows) {
    INFO(row.schedule << " since " << row.last);
    const MissedRuns missed = FindMissedRuns(
        CronJob(std::string(R"({"schedule": ")") + row.schedule + "\"}", row.last), TimeZone(), kNow);
    CHECK(missed == MissedRuns{row.count, row.more, ParseTime(row.first)});
  }
}

TEST_CASE("the status of a RayCronJob") {
  const std::string daily = R"({"schedule": "0 3 * * *")";
  std::string text;
  const auto add = [&](const char* what, CronJobReport report, const std::string& why = "") {
    report.why_nothing_runs = why;
    text += std::string("# ") + what + (report.well() ? ": well\n" : ": not well\n") +
            RenderCronJob(report, kNow) + "\n";
  };
  const std::string today = "2026-11-29T03:00:00Z";
  add("its last run failed", ReadCronJob(CronJob(daily + "}", today), Runs(), TimeZone(), kNow));
  add("no run yet", ReadCronJob(CronJob(daily + "}", today), {}, TimeZone(), kNow));
  add("suspended", ReadCronJob(CronJob(daily + R"(, "suspend": true})", "2026-11-27T03:00:00Z"), {Runs()[0]},
                               TimeZone(), kNow));
  add("runs that nobody started",
      ReadCronJob(CronJob(daily + "}", "2026-11-27T03:00:00Z"), {Runs()[0]}, TimeZone(), kNow));
  add("the gate is off", ReadCronJob(CronJob(daily + "}", today), {}, TimeZone(), kNow), "Its gate is off.");
  add("a zone that is not known here",
      ReadCronJob(CronJob(daily + R"(, "timeZone": "Mars/\u001bOlympus"})", today), {}, std::nullopt, kNow));
  add("no schedule", ReadCronJob(CronJob(R"({"schedule": "0 25 * * *"})", today), {}, TimeZone(), kNow));
  add("never", ReadCronJob(CronJob(R"({"schedule": "0 0 31 2 *"})", ""), {}, TimeZone(), kNow));
  text +=
      shared::DumpJson(CronJobToJson(ReadCronJob(CronJob(daily + "}", today), Runs(), TimeZone(), kNow)), 4) +
      "\n";
  CheckGolden("cron_job.txt", text);
}

TEST_CASE("when it runs next, in a sentence") {
  const auto next = [](const char* spec, const std::optional<TimeZone>& zone) {
    return DescribeNextRun(ReadCronJob(CronJob(spec, ""), {}, zone, kNow), kNow);
  };
  const std::string daily = next(R"({"schedule": "0 3 * * *"})", TimeZone());
  CHECK(daily.starts_with("It runs next at 2026-11-"));
  CHECK(daily.find(" 03:00 UTC, in ") != std::string::npos);
  CHECK(next(R"({"schedule": "0 0 31 2 *"})", TimeZone()) == "It does not run within five years.");
  CHECK(next(R"({"schedule": "0 3 * * *", "timeZone": "Mars/X"})", std::nullopt) ==
        "note: its times are not known: this machine has no time zone \"Mars/X\"");
}

TEST_CASE("objects of any shape have a status") {
  for (const char* object : {"{}", "[]", "null", R"({"metadata": 5, "spec": [], "status": "x"})"}) {
    const CronJobReport report =
        ReadCronJob(*shared::ParseJson(object), {*shared::ParseJson(object)}, TimeZone(), kNow);
    CHECK(!report.well());
    CHECK(report.runs.size() == 1);
    CHECK(!RenderCronJob(report, kNow).empty());
  }
}

TEST_CASE("a run by hand is the template's, and goes with its RayCronJob") {
  const Json cron_job =
      CronJob(R"({"schedule": "@daily", "jobTemplate": {"entrypoint": "python a.py"}})", "");
  const Json named = RayJobOfTemplate(cron_job, "again"), unnamed = RayJobOfTemplate(cron_job, "");
  CHECK(named == *shared::ParseJson(R"({"apiVersion": "ray.io/v1", "kind": "RayJob",
    "metadata": {"namespace": "team", "labels": {"ray.io/cronjob-name": "night"},
      "ownerReferences": [{"apiVersion": "ray.io/v1", "kind": "RayCronJob", "name": "night", "uid": "u-1", "controller": true}],
      "name": "again"},
    "spec": {"entrypoint": "python a.py"}})"));
  CHECK(shared::StringAt(unnamed, {"metadata", "generateName"}) == "night-");
  CHECK(!shared::At(unnamed, {"metadata", "name"}).is_string());
}
