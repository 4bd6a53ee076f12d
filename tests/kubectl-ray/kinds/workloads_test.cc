#include "kubectl-ray/kinds/workloads.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/ray_resources.h"

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("TYPE/NAME names what has a pod template", "[workloads]") {
  struct {
    std::string_view text, kind;
  } const rows[] = {
      {"raycluster/a", "RayCluster"},
      {"RayClusters/a", "RayCluster"},
      {"rayjob/a", "RayJob"},
      {"rayservice/a", "RayService"},
      {"raycronjob/a", "RayCronJob"},
      {"cronjob/a", "CronJob"},
      {"job/a", "RayJob"},
      {"deploy/a", "Deployment"},
      {"deployments/a", "Deployment"},
      {"Deployment/a", "Deployment"},
      {"sts/a", "StatefulSet"},
      {"daemonset/a", "DaemonSet"},
      {"cj/a", "CronJob"},
      {"cronjobs/a", "CronJob"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto workload = ParseWorkload(row.text);
    REQUIRE(workload);
    CHECK(workload->resource.kind == row.kind);
    CHECK(workload->name == "a");
  }
}

TEST_CASE("what cannot change is refused with the reason", "[workloads]") {
  struct {
    std::string_view text, message;
  } const rows[] = {
      {"pod/a", "cannot change pod/a: a pod cannot be changed while it runs"},
      {"jobs.batch/a", "\"jobs.batch\" is no type with a pod template"},
      {"replicaset/a", "cannot change replicaset/a: a ReplicaSet does not replace its pods"},
      {"configmap/a", "\"configmap\" is no type with a pod template"},
      {"demo", "\"demo\" is not TYPE/NAME"},
      {"raycluster/", "\"raycluster/\" is not TYPE/NAME"},
      {"raycluster/a/b", "\"raycluster/a/b\" is not TYPE/NAME"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto workload = ParseWorkload(row.text);
    REQUIRE_FALSE(workload);
    CHECK(workload.error().message == row.message);
    CHECK_FALSE(workload.error().hint.empty());
  }
}

TEST_CASE("what a new template does to pods is said for each kind", "[workloads]") {
  struct {
    const char* object;
    const char* effect;
  } const rows[] = {
      {R"({"kind": "RayCluster", "metadata": {"name": "a"}})", "`kubectl delete pod -l ray.io/cluster=a`"},
      {R"({"kind": "RayCluster", "spec": {"upgradeStrategy": {"type": "Recreate"}}})",
       "deletes all of its pods at once"},
      {R"({"kind": "RayService", "spec": {"rayClusterConfig": {"workerGroupSpecs": [{"replicas": 2, "numOfHosts": 2}, {}]}}})",
       "second cluster beside the one that serves, which takes twice the resources (6 more pods)"},
      {R"({"kind": "RayService", "spec": {"upgradeStrategy": {"type": "None"}}})", "does nothing until"},
      {R"({"kind": "RayJob"})", "the next one (a retry, or suspend and resume) has the change"},
      {R"({"kind": "RayCronJob"})", "the next run has the change"},
      {R"({"kind": "CronJob"})", "the next run has the change"},
      {R"({"kind": "Deployment"})", "a rollout"},
      {R"({"kind": "Deployment", "spec": {"strategy": {"type": "Recreate"}}})", "strategy Recreate"},
      {R"({"kind": "StatefulSet", "spec": {"updateStrategy": {"type": "OnDelete"}}})",
       "until they are deleted"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.object);
    CHECK(EffectOfNewTemplate(Json::parse(row.object)).find(row.effect) != std::string::npos);
  }
}
