#include "kubectl-ray/launcher/cluster_events.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("an event is read from the core API and from that of events.k8s.io") {
  const auto read = [](const char* text) { return ReadClusterEvent(*shared::ParseJson(text)); };
  const ClusterEvent scheduler = read(R"({
      "involvedObject": {"kind": "Pod", "name": "demo-head-x"}, "reason": "FailedScheduling", "type": "Warning",
      "message": "0/1 nodes are available:\n1 Insufficient cpu.", "reportingComponent": "default-scheduler",
      "eventTime": "2026-11-29T14:00:00.123456Z", "series": {"count": 3, "lastObservedTime": "2026-11-29T14:05:00Z"}})");
  CHECK(scheduler.source == "scheduler");
  CHECK(scheduler.time == "2026-11-29T14:05:00Z");
  CHECK(scheduler.text ==
        "pod demo-head-x: FailedScheduling: 0/1 nodes are available:; 1 Insufficient cpu. (3 times)");
  CHECK(IsAboutScaling(scheduler));
  const ClusterEvent ours = read(R"({
      "involvedObject": {"kind": "RayCluster", "name": "demo"}, "reason": "CreatedWorkerPod", "message": "Created it",
      "source": {"component": "raycluster-controller"}, "lastTimestamp": "2026-11-29T14:00:00Z", "count": 1})");
  CHECK(ours.source == "operator");
  CHECK(ours.text == "raycluster demo: CreatedWorkerPod: Created it");
  for (const auto& [component, source] : {std::pair("karpenter", "nodes"),
                                          {"cluster-autoscaler", "nodes"},
                                          {"my-scheduler", "scheduler"},
                                          {"kubelet", "kubelet"}})
    CHECK(read((std::string(R"({"reportingComponent": ")") + component + "\"}").c_str()).source == source);
  CHECK(!IsAboutScaling(read(R"({"source": {"component": "kubelet"}, "type": "Normal"})")));
  CHECK(IsAboutScaling(read(R"({"source": {"component": "kubelet"}, "type": "Warning"})")));
  CHECK(read("{}").source == "cluster");
  CHECK(read(R"({"involvedObject": 3, "message": ["x"], "count": "many"})").text == " : : ");
}

TEST_CASE("what is the cluster's by its name") {
  const auto is = [](const char* kind, const char* name) {
    return IsNamedAsOf("demo", {"gpus"}, kind, name);
  };
  CHECK(is("RayCluster", "demo"));
  CHECK(!is("RayCluster", "demo-2"));
  CHECK(is("Pod", "demo-head-abcde"));
  CHECK(is("Pod", "demo-gpus-worker-abcde"));
  CHECK(is("ReplicaSet", "demo-gpus-worker-7d9f"));
  CHECK(is("Deployment", "demo-head"));
  CHECK(!is("Pod", "demo-cpus-worker-abcde"));
  CHECK(!is("Pod", "demo-2-head-abcde"));
  CHECK(!is("Pod", "demo-heads"));
  CHECK(!is("Service", "demo-head-svc"));
}
