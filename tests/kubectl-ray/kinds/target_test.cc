#include "kubectl-ray/kinds/target.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_service.h"

using namespace kubectl_ray;

TEST_CASE("NAME and TYPE/NAME") {
  const std::pair<std::string, Target> rows[] = {
      {"demo", {&RayClusterKind(), "demo"}},
      {"a.b-c.1", {&RayClusterKind(), "a.b-c.1"}},
      {"raycluster/demo", {&RayClusterKind(), "demo"}},
      {"RayClusters/demo", {&RayClusterKind(), "demo"}},
      {"cluster/demo", {&RayClusterKind(), "demo"}},
      {"CLUSTERS/demo", {&RayClusterKind(), "demo"}},
      {"rayjob/j", {&RayJobKind(), "j"}},
      {"jobs/j", {&RayJobKind(), "j"}},
      {"rayservice/s", {&RayServiceKind(), "s"}},
      {"services/s", {&RayServiceKind(), "s"}},
      // As `-o name` prints it, and as kubectl takes it: RESOURCE.GROUP and RESOURCE.VERSION.GROUP.
      {"raycluster.ray.io/demo", {&RayClusterKind(), "demo"}},
      {"RayJobs.ray.io/j", {&RayJobKind(), "j"}},
      {"rayservices.v1.ray.io/s", {&RayServiceKind(), "s"}},
  };
  for (const auto& [text, target] : rows) {
    INFO(text);
    const auto parsed = ParseTarget(text);
    REQUIRE(parsed.has_value());
    CHECK(*parsed == target);
    CHECK(*ParseTarget(ToString(target)) == target);
  }
}

TEST_CASE("what is no target is a usage error") {
  for (const std::string& text : {std::string(),
                                  std::string("/"),
                                  std::string("raycluster/"),
                                  std::string("/demo"),
                                  std::string("pod/x"),
                                  std::string("job.ray.io/x"),
                                  std::string("rayjob.batch/x"),
                                  std::string("rayjob./x"),
                                  std::string("rayjob.v1/x"),
                                  std::string("job.batch/x"),
                                  std::string("a/b/c"),
                                  std::string("raycluster/a/b"),
                                  std::string("Demo"),
                                  std::string("-x"),
                                  std::string("--help"),
                                  std::string("x-"),
                                  std::string("a..%2f"),
                                  std::string("\xff"),
                                  std::string("x\0y", 3),
                                  std::string(254, 'a')}) {
    INFO(text);
    const auto parsed = ParseTarget(text);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().code == shared::ErrorCode::kUsage);
  }
  CHECK(ParseTarget(std::string(253, 'a')).has_value());
}

TEST_CASE("TYPE NAME... is taken as kubectl takes it") {
  using Words = std::vector<std::string>;
  const std::pair<Words, Words> rows[] = {
      {{"raycluster", "demo"}, {"raycluster/demo"}},
      {{"Jobs", "a", "b"}, {"Jobs/a", "Jobs/b"}},
      {{"rayjob.ray.io", "a"}, {"rayjob.ray.io/a"}},
      // Names of clusters, of which one alone may be any.
      {{}, {}},
      {{"raycluster"}, {"raycluster"}},
      {{"demo", "raycluster"}, {"demo", "raycluster"}},
      {{"pod", "a"}, {"pod", "a"}},
      // Not kubectl's grammar: it refuses to mix the two.
      {{"raycluster", "rayjob/a"}, {"raycluster", "rayjob/a"}},
      {{"raycluster/a", "b"}, {"raycluster/a", "b"}},
  };
  for (const auto& [words, joined] : rows) CHECK(JoinTypeAndNames(words) == joined);
}

TEST_CASE("the types are those of the table") {
  CHECK(ParseTarget("pod/x").error().hint ==
        "The types are raycluster, rayjob, rayservice and raycronjob, as in raycluster/NAME.");
  CHECK(TargetHelp() == "NAME or TYPE/NAME: raycluster, rayjob, rayservice or raycronjob");
}
