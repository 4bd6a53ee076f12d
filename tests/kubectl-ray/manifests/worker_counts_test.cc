#include "kubectl-ray/manifests/worker_counts.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

// As GetWorkerGroupDesiredReplicas of ray-operator v1.6.2 counts them.
TEST_CASE("a worker group's replicas lie within its minimum and maximum") {
  struct Row {
    Json group;
    std::int64_t replicas, workers;
  };
  const Row rows[] = {
      {{{"replicas", 2}}, 2, 2},
      {{{"replicas", 0}, {"minReplicas", 2}}, 2, 2},
      {{{"minReplicas", 2}, {"maxReplicas", 4}}, 2, 2},
      {{{"replicas", 1}, {"minReplicas", 2}}, 2, 2},
      {{{"replicas", 6}, {"maxReplicas", 4}}, 4, 4},
      {{{"replicas", 2}, {"numOfHosts", 4}}, 2, 8},
      {{{"replicas", 2}, {"minReplicas", 2}, {"suspend", true}}, 0, 0},
      {Json::object(), 0, 0},
  };
  for (const Row& row : rows) {
    INFO(row.group.dump());
    CHECK(DesiredReplicas(row.group) == row.replicas);
    CHECK(DesiredWorkers(row.group) == row.workers);
  }
}

TEST_CASE("a wait for a cluster waits for the workers that stay") {
  const Json groups =
      Json::array({{{"replicas", 3}, {"minReplicas", 1}, {"maxReplicas", 2}, {"numOfHosts", 2}},
                   {{"replicas", 1}, {"minReplicas", 2}},
                   {{"replicas", 5}},
                   {{"replicas", 5}, {"minReplicas", 5}, {"suspend", true}}});
  Json cluster = {{"spec", {{"workerGroupSpecs", groups}}}};
  CHECK(WantedWorkers(cluster) == 2 * 2 + 2 + 5);
  // The autoscaler removes what has no work, down to the minimum.
  cluster["spec"]["enableInTreeAutoscaling"] = true;
  CHECK(WantedWorkers(cluster) == 1 * 2 + 2 + 0);
  CHECK(WantedWorkers(Json()) == 0);
}
