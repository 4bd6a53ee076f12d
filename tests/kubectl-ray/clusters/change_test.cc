#include "kubectl-ray/clusters/change.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

// One group "g" of 2 replicas, between 1 and 3.
Json ClusterOf(bool autoscaled) {
  return {{"metadata", {{"name", "demo"}, {"namespace", "x"}}},
          {"spec",
           {{"enableInTreeAutoscaling", autoscaled},
            {"workerGroupSpecs",
             {{{"groupName", "g"}, {"replicas", 2}, {"minReplicas", 1}, {"maxReplicas", 3}}}}}}};
}

}  // namespace

TEST_CASE("a scaling keeps replicas between the bounds, or is refused") {
  using Number = std::optional<int>;
  struct Row {
    bool autoscaled;
    Number replicas, min, max;
    const char* outcome;  // "replicas min max", or the error
  };
  const Row rows[] = {
      {false, 3, {}, {}, "3 1 3"},
      {false, 1, {}, {}, "1 1 3"},
      {false, 4, {}, {}, "cannot set --replicas (4) greater than --max-replicas (3)"},
      {false, 0, {}, {}, "cannot set --replicas (0) less than --min-replicas (1)"},
      {false, {}, 3, {}, "cannot set --replicas (2) less than --min-replicas (3)"},
      {false, 3, 3, {}, "3 3 3"},
      {false, {}, 4, {}, "cannot set --min-replicas (4) greater than --max-replicas (3)"},
      {false, {}, {}, 1, "cannot set --replicas (2) greater than --max-replicas (1)"},
      // Seen with the operator: the autoscaler had removed all workers, and a minimum was refused because of
      // that.
      {true, {}, 3, {}, "3 3 3"},
      {true, {}, {}, 1, "1 1 1"},
      {true, {}, 0, 9, "2 0 9"},
      {true, 2, 3, {}, "cannot set --replicas (2) less than --min-replicas (3)"},
      {true, {}, 4, {}, "cannot set --min-replicas (4) greater than --max-replicas (3)"},
  };
  for (const Row& row : rows) {
    INFO(row.outcome);
    const auto plan = PlanScale(ClusterOf(row.autoscaled), {"g", row.replicas, row.min, row.max});
    if (plan) {
      CHECK(std::to_string(plan->replicas) + " " + std::to_string(plan->min_replicas) + " " +
                std::to_string(plan->max_replicas) ==
            row.outcome);
    } else {
      CHECK(plan.error().message == row.outcome);
      CHECK(plan.error().code == ErrorCode::kUsage);
    }
  }
}

TEST_CASE("a scaling tells what changes, and a group that is not there with those that are") {
  CHECK(PlanScale(ClusterOf(false), {"g", 3, 0, {}})->changes ==
        std::vector<std::string>{"Scaled minReplicas: 1 to 0", "Scaled Replicas: 2 to 3"});
  CHECK(PlanScale(ClusterOf(false), {"g", 2, {}, {}})->changes.empty());
  const auto missing = PlanScale(ClusterOf(false), {"h", 2, {}, {}});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == ErrorCode::kNotFound);
  CHECK(missing.error().message.find("Available worker groups: g") != std::string::npos);
}

// KubeRay 1.7 keeps a cluster suspended if the field is only removed, so `resume` must write false.
TEST_CASE("suspended is what the spec says, else what the operator does") {
  const char* const suspended = R"([{"type":"RayClusterSuspended","status":"True"}])";
  const char* const runs = R"([{"type":"RayClusterSuspended","status":"False"}])";
  const char* const suspending = R"([{"type":"RayClusterSuspending","status":"True"}])";
  const struct {
    const char *spec, *conditions, *state;
    bool suspended;
  } rows[] = {
      {R"({"suspend":true})", "null", "", true},
      {R"({"suspend":false})", suspended, "suspended", false},
      {R"({})", suspended, "suspended", true},
      {R"({})", suspending, "", true},
      {R"({})", runs, "ready", false},
      {R"({})", "null", "suspended", true},
      {R"({"suspend":true})", runs, "ready", true},
      {R"({})", "null", "", false},
      {R"({})", R"("x")", "", false},
  };
  for (const auto& row : rows) {
    INFO(row.spec << row.conditions << row.state);
    const Json cluster = {
        {"spec", *shared::ParseJson(row.spec)},
        {"status", {{"conditions", *shared::ParseJson(row.conditions)}, {"state", row.state}}}};
    CHECK(IsSuspended(cluster) == row.suspended);
  }
  CHECK_FALSE(IsSuspended(Json()));
}
