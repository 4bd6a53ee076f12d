#include "kubectl-ray/ray/job_follower.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::DashboardAccess;
using kubectl_ray::FollowEvents;
using kubectl_ray::FollowJob;
using kubectl_ray::FollowPatience;
using kubectl_ray::Job;
using kubectl_ray::JobsClient;
using shared::ErrorCode;

namespace {

// A dashboard that cannot be reached because of `why`.
DashboardAccess Unreachable(std::string why) {
  DashboardAccess access;
  access.url = "http://demo-head-svc.team:8265";
  access.http.dial = [] { return -1; };
  access.dial_failure = [why = std::move(why)] { return shared::Error{ErrorCode::kUnavailable, why}; };
  return access;
}

shared::Result<Job> Follow(const JobsClient& client, int* lost, const FollowPatience& patience) {
  FollowEvents events;
  events.on_lost = [lost](const shared::Error&) { ++*lost; };
  shared::Interrupt interrupt;
  return FollowJob(client, "j", events, shared::Deadline::Never(), interrupt, patience);
}

}  // namespace

TEST_CASE("what never answered is not waited for as long as what answered once") {
  const JobsClient client(Unreachable("no connection to pod \"demo-head\": connection refused"));
  int lost = 0;
  const auto job = Follow(client, &lost, {.first = {}, .outage = std::chrono::hours(24)});
  REQUIRE_FALSE(job);
  CHECK(job.error().code == ErrorCode::kUnavailable);
  CHECK(job.error().message ==
        "cannot reach \"demo-head-svc.team:8265\": no connection to pod \"demo-head\": connection refused");
  CHECK(lost == 1);
}

TEST_CASE("a job that goes on is asked about less and less often") {
  kubectl_ray::QuestionPace pace;
  for (int i = 0; i < 10; ++i) CHECK(pace.Next() == std::chrono::milliseconds(300));
  for (const int next : {600, 1200, 2400, 4800, 5000, 5000})
    CHECK(pace.Next() == std::chrono::milliseconds(next));
}

TEST_CASE("a job is not waited for where that is in vain") {
  const JobsClient client(Unreachable("no connection"));
  int asked = 0, lost = 0;
  FollowEvents events;
  events.on_lost = [&](const shared::Error&) { ++lost; };
  events.on_silence = [&]() -> shared::Status {
    if (++asked < 3) return shared::Ok();
    return shared::Fail(ErrorCode::kConflict, "the cluster was suspended");
  };
  shared::Interrupt interrupt;
  const auto hours = std::chrono::hours(24);
  const auto job = FollowJob(client, "j", events, shared::Deadline::Never(), interrupt, {hours, hours});
  REQUIRE_FALSE(job);
  CHECK(job.error().code == ErrorCode::kConflict);
  CHECK(job.error().message == "the cluster was suspended");
  CHECK(asked == 3);
  CHECK(lost == 1);
}
