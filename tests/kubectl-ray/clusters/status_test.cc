#include "kubectl-ray/clusters/status.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_service.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;

namespace {

// A pod that has the containers of its statuses.
Json Pod(const std::string& name, const std::string& group, Json status) {
  Json containers = Json::array();
  for (const Json& of : shared::At(status, {"containerStatuses"}))
    containers.push_back({{"name", shared::StringAt(of, {"name"})}});
  return {{"metadata",
           {{"name", name},
            {"labels",
             {{"ray.io/group", group}, {"ray.io/node-type", group == "headgroup" ? "head" : "worker"}}}}},
          {"spec", {{"nodeName", "node-1"}, {"containers", containers}}},
          {"status", std::move(status)}};
}

Json Ready() {
  return {{"phase", "Running"}, {"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}}})}};
}

Json Unschedulable() {
  return {{"phase", "Pending"},
          {"conditions", Json::array({{{"type", "PodScheduled"},
                                       {"status", "False"},
                                       {"reason", "Unschedulable"},
                                       {"message", "0/3 nodes are available: 3 Insufficient cpu."}}})}};
}

Json Crashing(const std::string& message) {
  return {{"phase", "Running"},
          {"containerStatuses",
           Json::array(
               {{{"name", "ray-worker"},
                 {"restartCount", 4},
                 {"state", {{"waiting", {{"reason", "CrashLoopBackOff"}}}}},
                 {"lastState",
                  {{"terminated", {{"exitCode", 137}, {"reason", "OOMKilled"}, {"message", message}}}}}}})}};
}

StatusInput Input(int replicas) {
  StatusInput input;
  input.ray_cluster = {
      {"metadata", {{"name", "demo"}, {"namespace", "team"}, {"creationTimestamp", "2026-11-21T03:00:00Z"}}},
      {"spec",
       {{"rayVersion", "2.52.0"},
        {"workerGroupSpecs", Json::array({{{"groupName", "gpu"}, {"replicas", replicas}}})}}}};
  input.now = *ParseTime("2026-11-21T03:05:30Z");
  return input;
}

}  // namespace

TEST_CASE("a worker group below its minimum is not ready, one above its maximum is") {
  const auto health = [](Json group, int workers) {
    StatusInput input = Input(0);
    group["groupName"] = "gpu";
    input.ray_cluster["spec"]["workerGroupSpecs"] = Json::array({std::move(group)});
    input.pods = {Pod("head", "headgroup", Ready())};
    for (int i = 0; i < workers; ++i) input.pods.push_back(Pod("w" + std::to_string(i), "gpu", Ready()));
    return Diagnose(input).health;
  };
  CHECK(health({{"replicas", 0}, {"minReplicas", 2}}, 0) == "not ready: pods are still being made");
  CHECK(health({{"minReplicas", 2}, {"maxReplicas", 4}}, 1) == "not ready: pods are still being made");
  CHECK(health({{"minReplicas", 2}}, 2) == "ready");
  CHECK(health({{"replicas", 6}, {"maxReplicas", 4}}, 4) == "ready");
  CHECK(health({{"replicas", 2}, {"minReplicas", 2}, {"suspend", true}}, 0) == "ready");
}

TEST_CASE("an evicted pod that was replaced is no trouble, and a container beside Ray's is a remark") {
  const Json evicted = {{"phase", "Failed"}, {"reason", "Evicted"}, {"message", "low on memory"}};
  Json ready = Ready();
  ready["conditions"][0]["status"] = "False";
  ready["containerStatuses"] =
      Json::array({{{"name", "fluent-bit"}, {"state", {{"terminated", {{"exitCode", 1}}}}}},
                   {{"name", "ray-head"}, {"ready", true}, {"state", {{"running", Json::object()}}}}});
  StatusInput input = Input(1);
  input.pods = {Pod("demo-head-a", "headgroup", evicted), Pod("demo-head-b", "headgroup", ready),
                Pod("demo-gpu-worker-a", "gpu", evicted), Pod("demo-gpu-worker-b", "gpu", Ready())};
  const ClusterStatus status = Diagnose(input);
  CHECK(status.health == "ready");
  CHECK(status.troubles.empty());
  CHECK(status.groups[0] == GroupStatus{"headgroup", 1, 1, 0});
  CHECK(status.remarks ==
        std::vector<std::string>{"pod \"demo-head-b\": container fluent-bit ended with exit code 1"});
  CHECK(RenderStatus(status, false).find("fluent-bit") != std::string::npos);
  input.pods.pop_back();  // it was not replaced yet
  CHECK(Diagnose(input).health.find("pod \"demo-gpu-worker-a\" Evicted: low on memory") != std::string::npos);
  input.pods.resize(1);
  input.ray_cluster["spec"]["suspend"] = true;
  CHECK(Diagnose(input).health == "suspended");
}

TEST_CASE("a preStop hook that stops Ray is a remark") {
  StatusInput input = Input(1);
  input.pods = {Pod("demo-head-b", "headgroup", Ready()), Pod("demo-gpu-worker-b", "gpu", Ready())};
  input.ray_cluster["spec"]["headGroupSpec"]["template"]["spec"]["containers"] =
      Json::array({{{"name", "ray-head"},
                    {"lifecycle", {{"preStop", {{"exec", {{"command", {"/bin/sh", "-c", "ray stop"}}}}}}}}}});
  const ClusterStatus status = Diagnose(input);
  CHECK(status.well);
  REQUIRE(status.remarks.size() == 1);
  CHECK(status.remarks[0].starts_with(
      "the preStop hook of container \"ray-head\" of the head runs `ray stop`"));
}

// ray-project/kuberay#4994: 60 workers of a RayService without a Serve proxy, all well.
TEST_CASE("workers of a RayService are well without a Serve proxy") {
  const Json unready = {{"phase", "Running"},
                        {"containerStatuses", Json::array({{{"name", "ray-worker"},
                                                            {"started", true},
                                                            {"ready", false},
                                                            {"state", {{"running", Json::object()}}}}})}};
  StatusInput input = Input(2);
  input.pods = {Pod("demo-head-x", "headgroup", Ready()), Pod("w1", "gpu", unready),
                Pod("w2", "gpu", unready)};
  CHECK_FALSE(Diagnose(input).well);
  input.ray_cluster["metadata"]["labels"]["ray.io/originated-from-crd"] = "RayService";
  const ClusterStatus status = Diagnose(input);
  CHECK(status.well);
  CHECK(status.remarks.size() == 2);
  // What the dashboard's /nodes?view=summary says of its raylet counts more
  // (dashboard/modules/node/node_head.py).
  input.pods[1]["status"]["podIP"] = "10.0.0.7";
  input.pods[2]["status"]["podIP"] = "10.0.0.8";
  input.ray_nodes = *shared::ParseJson(R"({"data": {"summary": [
      {"raylet": {"state": "DEAD", "nodeManagerAddress": "10.0.0.7"}},
      {"raylet": {"state": "DEAD", "nodeManagerAddress": "10.0.0.8"}},
      {"raylet": {"state": "ALIVE", "nodeManagerAddress": "10.0.0.8"}}]}})");
  CHECK(Diagnose(input).health ==
        "not ready: 1 worker of 2 not ready: pod \"w1\" runs, but Ray counts its node as dead");
  CHECK(Diagnose(input).remarks.size() == 1);
}

TEST_CASE("a dashboard that Ray went on without is told of the head that is up") {
  const Json up = {
      {"phase", "Running"},
      {"containerStatuses",
       Json::array({{{"name", "ray-head"}, {"started", true}, {"state", {{"running", Json::object()}}}}})}};
  StatusInput input = Input(0);
  input.pods = {Pod("demo-gpu-worker-y", "gpu", up), Pod("demo-head-old", "headgroup", Unschedulable()),
                Pod("demo-head-x", "headgroup", up)};
  CHECK(Diagnose(input).health ==
        "not ready: pod \"demo-head-old\" cannot be scheduled: 0/3 nodes are available: 3 "
        "Insufficient cpu");
  input.pods.erase(input.pods.begin() + 1);
  CHECK(Diagnose(input).health == "not ready: pod \"demo-head-x\" runs Ray but is not ready");
  input.dashboard_given_up = "demo-head-x";
  const ClusterStatus status = Diagnose(input);
  CHECK(status.health ==
        "not ready: pod \"demo-head-x\" runs Ray but is not ready: nothing answers on its dashboard's "
        "port, and Ray went on without it");
  CHECK(status.troubles.front().health.way_out ==
        "dashboard.log and dashboard.err say why: `kubectl ray logs demo -n team --node-type head --out-dir "
        "DIRECTORY` fetches them.");
  CHECK(status.troubles.back().health.reason == "runs, and Ray in it is not ready");
}

TEST_CASE("a cluster that is well") {
  StatusInput input = Input(1);
  input.pods = {Pod("demo-head-x", "headgroup", Ready()), Pod("demo-gpu-worker-y", "gpu", Ready())};
  input.ray_nodes = *shared::ParseJson(
      R"({"data":{"summary":[{"raylet":{"state":"ALIVE"}},{"raylet":{"state":"DEAD"}}]}})");
  input.ray_status = {
      {"data",
       {{"clusterStatus",
         "Node status\nPending:\n (no pending nodes)\n\nTotal Usage:\n 1.0/2.0 CPU\n 0B/2.46GiB memory\n\n"
         "Pending Demands:\n {'GPU': 1.0}: 3+ pending tasks/actors\n"}}}};
  input.ray_jobs = *shared::ParseJson(
      R"([{"submission_id":"raysubmit_1","status":"RUNNING","entrypoint":"python pi.py"},{"submission_id":"r2","status":"FAILED"}])");
  const ClusterStatus status = Diagnose(input);
  CHECK(status.well);
  CheckGolden("status/well.txt", RenderStatus(status, false));
  CheckGolden("status/well.json", shared::DumpJson(StatusToJson(status), 2) + "\n");
}

TEST_CASE("what the GCS answers stands where the dashboard's answers would") {
  StatusInput input = Input(1);
  input.pods = {Pod("demo-head-x", "headgroup", Ready()), Pod("demo-gpu-worker-y", "gpu", Ready())};
  GcsNode head, worker;
  head.head = true;
  worker.total = {{"CPU", 2}, {"GPU", 1}};
  worker.available = {{"CPU", 0.5}, {"GPU", 1}};
  input.gcs.emplace();
  input.gcs->nodes = {head, worker};
  input.gcs->dead = 1;
  input.gcs->demands = {{ReportedDemand::By::kTasks, {{{{"GPU", 8}}, 1}}, "", 3},
                        {ReportedDemand::By::kRequest, {{{{"GPU", 1}}, 1}}}};
  input.ray_jobs = *shared::ParseJson(
      R"([{"submission_id":"raysubmit_1","status":"RUNNING","entrypoint":"python pi.py"}])");
  CheckGolden("status/gcs.txt", RenderStatus(Diagnose(input), false));
  CheckGolden("status/gcs.json", shared::DumpJson(StatusToJson(Diagnose(input)), 2) + "\n");
  input.ray_jobs = Json();
  input.ray_failure = "nothing answers on port 8265\x1b";
  CheckGolden("status/gcs-alone.txt", RenderStatus(Diagnose(input), false));
}

TEST_CASE("a status says why Ray's part is not the GCS's") {
  StatusInput input = Input(1);
  input.gcs_failure = "it has TLS\x1b";
  input.ray_nodes = *shared::ParseJson(R"({"data":{"summary":[{"raylet":{"state":"ALIVE"}}]}})");
  CHECK(RenderStatus(Diagnose(input), false)
            .find("\nRay: 1 node alive\n  (from its dashboard; not from its GCS: it has TLS\\x1b)\n") !=
        std::string::npos);
  CHECK(StatusToJson(Diagnose(input))["ray"]["source"] == "dashboard");
  input.ray_failure = "nor does the dashboard answer";
  CHECK(RenderStatus(Diagnose(input), false).find("\nRay: not asked: nor does the dashboard answer\n") !=
        std::string::npos);
  CHECK(StatusToJson(Diagnose(input))["ray"]["source"].is_null());
}

TEST_CASE("what the object of a cluster says stands above the diagnosis, a line each and escaped") {
  const Json job = *shared::ParseJson(
      R"({"status":{"jobStatus":"FAILED","jobDeploymentStatus":"Failed","reason":"AppFailed","message":"exit 1\n\u001b[31mred"}})");
  const Json service = *shared::ParseJson(
      R"({"status":{"serviceStatus":"Running","numServeEndpoints":2,"activeServiceStatus":{"applicationStatuses":{"a":{"status":"UNHEALTHY","message":"died"}}}}})");
  CheckGolden("status/objects.txt", RenderObject({&RayJobKind(), "sample"}, "team", job) +
                                        RenderObject({&RayServiceKind(), "answers"}, "team", service));
  CHECK(RenderObject({&RayClusterKind(), "demo"}, "team", Json::object()).empty());
}

TEST_CASE("workers that cannot be scheduled, and one that runs out of memory") {
  StatusInput input = Input(6);
  input.pods = {Pod("demo-gpu-worker-a", "gpu", Unschedulable()), Pod("demo-head-x", "headgroup", Ready())};
  for (char c = 'b'; c <= 'e'; ++c)
    input.pods.push_back(Pod(std::string("demo-gpu-worker-") + c, "gpu", Unschedulable()));
  input.pods.push_back(
      Pod("demo-gpu-worker-f", "gpu", Crashing("peak 2.1 GiB of 2 GiB\n\x1b[31mraylet died\n\n")));
  input.events["demo-gpu-worker-f"] = {*shared::ParseJson(
      R"({"type":"Warning","reason":"BackOff","message":"Back-off restarting failed container\ngcs: connection refused\n\n","lastTimestamp":"2026-11-21T03:05:00Z"})")};
  const ClusterStatus status = Diagnose(input);
  CHECK(!status.well);
  CheckGolden("status/workers-not-well.txt", RenderStatus(status, false));
}

TEST_CASE("a head that cannot be scheduled comes first") {
  StatusInput input = Input(1);
  input.with_operator = true;
  input.ray_failure = "its head is not ready";
  input.pods = {Pod("demo-gpu-worker-a", "gpu", Unschedulable()),
                Pod("demo-head-x", "headgroup", Unschedulable())};
  const ClusterStatus status = Diagnose(input);
  CHECK(status.troubles.front().pod == "demo-head-x");
  CheckGolden("status/head-not-scheduled.txt", RenderStatus(status, true));
}

TEST_CASE("without the right to look at pods, what the cluster reports of itself counts") {
  StatusInput input = Input(2);
  input.pods_known = false;
  input.ray_failure = "its pods may not be looked at";
  const auto report = [&](const char* head, int workers) {
    input.ray_cluster["status"] = {
        {"conditions", Json::array({{{"type", "HeadPodReady"}, {"status", head}}})},
        {"readyWorkerReplicas", workers}};
    return Diagnose(input);
  };
  CHECK(report("False", 2).health == "not ready: its head is not ready");
  CHECK(report("True", 1).health == "not ready: 1 of 2 workers ready");
  CHECK(report("True", 2).health == "ready");
  const ClusterStatus status = report("True", 2);
  CHECK(status.well);
  CHECK(RenderStatus(status, false).find("headgroup   1         ?       ?\n") != std::string::npos);
  CHECK(StatusToJson(status)["groups"][0]["ready"].is_null());
  input.ray_cluster["status"] = {{"state", "ready"}, {"readyWorkerReplicas", 2}};  // KubeRay before 1.2
  CHECK(Diagnose(input).well);
  input.ray_cluster["status"] = nullptr;
  CHECK(!Diagnose(input).well);
}

TEST_CASE("suspended, deleted, refused and empty clusters are not well") {
  StatusInput input = Input(1);
  input.ray_cluster["spec"]["suspend"] = true;
  CHECK(Diagnose(input).health == "suspended");
  CHECK(Diagnose(input).next == "kubectl ray resume demo -n team");
  input.queued = "Kueue has not admitted it yet from queue \"team\"";
  CHECK(Diagnose(input).health == "not ready: Kueue has not admitted it yet from queue \"team\"");
  CHECK(Diagnose(input).next == "kubectl describe workloads.kueue.x-k8s.io -n team");
  input = Input(1);
  input.with_operator = true;
  CHECK(Diagnose(input).health == "not ready: there are no pods yet; is KubeRay's operator running?");
  input.refused = "pods are refused: exceeded quota";
  CHECK(Diagnose(input).health == "not ready: pods are refused: exceeded quota");
  input.ray_cluster["metadata"]["deletionTimestamp"] = "2026-11-21T03:05:00Z";
  CHECK(Diagnose(input).health == "is being deleted");
  CHECK(!Diagnose(input).well);
  CHECK(!Diagnose(StatusInput{}).well);
}
