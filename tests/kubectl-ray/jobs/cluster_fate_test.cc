#include "kubectl-ray/jobs/cluster_fate.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/scripted_api.h"

using namespace kubectl_ray;
using shared::ErrorCode;
using State = ClusterSight::State;

namespace {

HeadPod Head(const char* name, const char* uid, bool deleting = false, int restarts = 0) {
  HeadPod pod;
  pod.name = name;
  pod.uid = uid;
  pod.deleting = deleting;
  pod.restarts = restarts;
  return pod;
}

ClusterSight Sight(State state, const char* uid, std::optional<HeadPod> head = {}, const char* reason = "") {
  if (head) head->reason = reason;
  if (head) head->ready = head->reason.empty();
  return {.state = state, .uid = uid, .pods_known = true, .head = std::move(head)};
}

const ClusterSight kBefore = Sight(State::kRunning, "u1", Head("head-a", "p1"));

}  // namespace

TEST_CASE("what became of a cluster is told by what the API server says of it before and now") {
  struct Row {
    const char* name;
    ClusterSight before, now;
    std::string waited_for;
  };
  const Row rows[] = {
      {"nothing can be asked", kBefore, {}, ""},
      {"nothing is wrong", kBefore, kBefore, ""},
      {"only the pods may be read", {}, Sight(State::kUnknown, "", Head("head-a", "p1")), ""},
      {"pods of some other owner go", Sight(State::kNotThere, "", Head("head-a", "p1")),
       Sight(State::kNotThere, ""), "it has no head pod; a new one has to come"},
      {"the head's pod is gone", kBefore, Sight(State::kRunning, "u1"),
       "it has no head pod; a new one has to come"},
      {"the head's pod goes", kBefore,
       Sight(State::kRunning, "u1", Head("head-a", "p1", true), "is being deleted"),
       "head pod \"head-a\" is being deleted; a new one has to come"},
      {"the head's pod is not ready", kBefore,
       Sight(State::kRunning, "u1", Head("head-a", "p1"), "runs Ray but is not ready"),
       "head pod \"head-a\" runs Ray but is not ready"},
      {"a new head has no place", kBefore,
       Sight(State::kRunning, "u1", Head("head-b", "p2"), "cannot be scheduled: 0/1 nodes are available"),
       "head pod \"head-a\" was replaced by \"head-b\", which cannot be scheduled: 0/1 nodes are available"},
      {"a new head is ready", kBefore, Sight(State::kRunning, "u1", Head("head-b", "p2")),
       "head pod \"head-a\" was replaced by \"head-b\""},
      {"a new pod has the same name", kBefore, Sight(State::kRunning, "u1", Head("head-a", "p2")),
       "head pod \"head-a\" was replaced by \"head-a\""},
      {"the container starts again", kBefore,
       Sight(State::kRunning, "u1", Head("head-a", "p1", false, 1), "is starting Ray"),
       "Ray started again in head pod \"head-a\", which is starting Ray"},
      {"it was suspended all the time, and no more", Sight(State::kSuspended, "u1"),
       Sight(State::kRunning, "u1", Head("head-a", "p1"), "is starting Ray"),
       "head pod \"head-a\" is starting Ray"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto waited_for = WhatIsWaitedFor("demo", row.before, row.now);
    REQUIRE(waited_for);
    CHECK(*waited_for == row.waited_for);
  }
}

TEST_CASE("a cluster that is deleted or suspended is not waited for") {
  struct Row {
    const char* name;
    ClusterSight before, now;
    ErrorCode code;
    std::string message;
  };
  const Row rows[] = {
      {"gone with its pods", kBefore, Sight(State::kNotThere, ""), ErrorCode::kNotFound,
       "Ray cluster \"demo\" was deleted"},
      {"its pod goes later", kBefore,
       Sight(State::kNotThere, "", Head("head-a", "p1", true), "is being deleted"), ErrorCode::kNotFound,
       "Ray cluster \"demo\" was deleted"},
      {"held by a finalizer", kBefore, Sight(State::kBeingDeleted, "u1"), ErrorCode::kNotFound,
       "Ray cluster \"demo\" is being deleted"},
      {"never seen well, and held by a finalizer",
       {},
       Sight(State::kBeingDeleted, "u1"),
       ErrorCode::kNotFound,
       "Ray cluster \"demo\" is being deleted"},
      {"deleted and made anew", kBefore, Sight(State::kRunning, "u2", Head("head-b", "p2")),
       ErrorCode::kNotFound, "Ray cluster \"demo\" was deleted, and another one of that name was made"},
      {"suspended", kBefore, Sight(State::kSuspended, "u1", Head("head-a", "p1", true), "is being deleted"),
       ErrorCode::kConflict, "Ray cluster \"demo\" was suspended"},
      {"another one, and suspended", kBefore, Sight(State::kSuspended, "u2"), ErrorCode::kNotFound,
       "Ray cluster \"demo\" was deleted, and another one of that name was made"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto waited_for = WhatIsWaitedFor("demo", row.before, row.now);
    REQUIRE_FALSE(waited_for);
    CHECK(waited_for.error().code == row.code);
    CHECK(waited_for.error().message == row.message);
  }
}

TEST_CASE("a cluster is looked at by its resource and its head's pods") {
  const std::string resources = HttpAnswer(200, R"({"resources":[{"name":"rayclusters"}]})");
  const std::string pods = HttpAnswer(200, R"({"items":[
    {"metadata":{"name":"evicted","uid":"p1","labels":{"ray.io/node-type":"head"}},"status":{"phase":"Failed"}},
    {"metadata":{"name":"going","uid":"p2","deletionTimestamp":"2026-11-21T00:00:00Z","labels":{"ray.io/node-type":"head"}},
     "status":{"phase":"Pending"}},
    {"metadata":{"name":"new","uid":"p3","labels":{"ray.io/node-type":"head"}},"status":{"phase":"Pending"}}]})");
  const std::string forbidden = HttpAnswer(403, R"({"kind":"Status","code":403,"reason":"Forbidden"})");
  struct Row {
    const char* name;
    std::vector<std::string> answers;
    State state;
    const char *uid, *head, *reason;
  };
  const Row rows[] = {
      {"suspended",
       {resources, HttpAnswer(200, R"({"metadata":{"uid":"u1"},"spec":{"suspend":true}})"), pods},
       State::kSuspended,
       "u1",
       "new",
       "waits for the scheduler"},
      {"being deleted, and no pods",
       {resources,
        HttpAnswer(
            200,
            R"({"metadata":{"uid":"u1","deletionTimestamp":"2026-11-21T00:00:00Z"},"spec":{"suspend":true}})"),
        HttpAnswer(200, R"({"items":[]})")},
       State::kBeingDeleted,
       "u1",
       "",
       ""},
      {"only the pods may be read",
       {resources, forbidden, forbidden, pods},
       State::kUnknown,
       "",
       "new",
       "waits for the scheduler"},
      // It may be a RayCluster, which this user does not see.
      {"and deployments, of which none is it",
       {resources, forbidden,
        HttpAnswer(404, R"({"kind":"Status","code":404,"details":{"name":"demo-head"}})"), pods},
       State::kUnknown,
       "",
       "new",
       "waits for the scheduler"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    ScriptedApi api(row.answers);
    const KubeClient kube(api.Access(), std::chrono::seconds(10));
    const ClusterSight sight = LookAtCluster(kube, "team", "demo");
    CHECK(sight.state == row.state);
    CHECK(sight.uid == row.uid);
    CHECK(sight.pods_known);
    CHECK((sight.head ? sight.head->name : "") == row.head);
    CHECK((sight.head ? sight.head->reason : "") == row.reason);
  }
}
