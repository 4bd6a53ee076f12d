#include "kubectl-ray/pods/pod_health.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/clusters/cluster_progress.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Parse(const char* text) { return *shared::ParseJson(text); }

// A pod that has the containers of its statuses.
Json PodOf(const char* text) {
  Json pod = Parse(text);
  const Json& statuses = shared::At(pod, {"status", "containerStatuses"});
  if (!statuses.is_array() || shared::At(pod, {"spec", "containers"}).is_array()) return pod;
  Json containers = Json::array();
  for (const Json& status : statuses) containers.push_back({{"name", shared::StringAt(status, {"name"})}});
  pod["spec"]["containers"] = containers;
  return pod;
}

// A pod whose Ray container has a container P beside it, as public reports have them; P's status comes first,
// as the kubelet sorts by name.
struct Beside {
  const char* p;          // its status
  const char* ray;        // ray-head's
  const char* init = "";  // P is an init container of this restartPolicy instead
  const char* labels = R"({"ray.io/node-type":"head"})";
  const char* phase = "Running";
};

Json PodOf(const Beside& beside) {
  const std::string node_type = shared::StringAt(Parse(beside.labels), {"ray.io/node-type"});
  Json p = Parse(beside.p), ray = Parse(beside.ray);
  p["name"] = "P";
  ray["name"] = "ray-" + node_type;
  Json pod = {{"metadata", {{"name", "x"}, {"labels", Parse(beside.labels)}}},
              {"spec", {{"containers", Json::array({{{"name", ray["name"]}}})}}},
              {"status",
               {{"phase", beside.phase},
                {"conditions", Json::array({{{"type", "Ready"}, {"status", "False"}},
                                            {{"type", "PodScheduled"}, {"status", "True"}}})}}}};
  if (*beside.init != '\0') {
    pod["spec"]["initContainers"] = Json::array({{{"name", "P"}, {"restartPolicy", beside.init}}});
    pod["status"]["initContainerStatuses"] = Json::array({p});
    pod["status"]["containerStatuses"] = Json::array({ray});
  } else {
    pod["spec"]["containers"].push_back({{"name", "P"}});
    pod["status"]["containerStatuses"] = Json::array({p, ray});
  }
  return pod;
}

constexpr const char* kRuns = R"({"ready":true,"started":true,"state":{"running":{}}})";
constexpr const char* kUnready = R"({"ready":false,"started":true,"state":{"running":{}}})";
constexpr const char* kStarts = R"({"ready":false,"started":false,"state":{"running":{}}})";
constexpr const char* kInitializing = R"({"state":{"waiting":{"reason":"PodInitializing"}}})";
constexpr const char* kCrashes =
    R"({"restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1}}})";
constexpr const char* kEnded = R"({"state":{"terminated":{"exitCode":0}}})";
constexpr const char* kOutOfMemory =
    R"({"restartCount":3,"started":true,"ready":false,"state":{"running":{}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}})";

}  // namespace

// Kubernetes 1.34 with containerd 2 leaves the name to containerd: no InvalidImageName.
TEST_CASE("an image's name that cannot be is hopeless, one that is not there yet is not") {
  const auto of = [](const std::string& message) {
    return HealthOf(*shared::ParseJson(
        R"({"status":{"phase":"Pending","containerStatuses":[{"name":"ray-head","image":"X:1","state":{"waiting":{"reason":"ErrImagePull","message":")" +
        message + R"("}}}]}})"));
  };
  CHECK(of("failed to parse image reference: invalid reference format: repository name must be lowercase")
            .hopeless);
  CHECK_FALSE(of("not found").hopeless);
}

TEST_CASE("what a pod is doing, and why it is not well") {
  struct Row {
    const char* pod;
    PodHealth health;
  };
  const Row rows[] = {
      {R"({})", {PodState::kStarting, "waits for the scheduler"}},
      {R"(null)", {PodState::kStarting, "waits for the scheduler"}},
      {R"({"status":{"phase":7,"conditions":"x","containerStatuses":{"a":1}}})",
       {PodState::kStarting, "waits for the scheduler"}},
      {R"({"metadata":{"deletionTimestamp":"2026-11-21T03:00:00Z"}})",
       {PodState::kEnding, "is being deleted"}},
      {R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})",
       {PodState::kReady, ""}},
      {R"({"status":{"phase":"Succeeded"}})", {PodState::kSucceeded, "has ended"}},
      {R"({"status":{"phase":"Failed","reason":"Evicted","message":"The node was low on memory."}})",
       {PodState::kFailing, "Evicted: The node was low on memory."}},
      {R"({"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}})",
       {PodState::kPending, "is held back by a scheduling gate"}},
      {R"({"spec":{"nodeName":"n"},"status":{"phase":"Pending"}})",
       {PodState::kStarting, "is being set up on node n"}},
      {R"({"status":{"phase":"Pending","containerStatuses":[{"name":"ray-head","image":"x:1","state":{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}}]}})",
       {.state = PodState::kPending,
        .reason = "image \"x:1\" cannot be pulled: no such image",
        .way_out = "Check the image's name, and that the nodes may pull it."}},
      {R"({"status":{"phase":"Pending","containerStatuses":[{"name":"ray-head","image":"X","state":{"waiting":{"reason":"InvalidImageName"}}}]}})",
       {PodState::kFailing, "image \"X\" cannot be used: InvalidImageName", true}},
      {R"({"status":{"phase":"Pending","containerStatuses":[{"name":"ray-head","state":{"waiting":{"reason":"CreateContainerConfigError","message":"secret not found"}}}]}})",
       {PodState::kFailing, "container ray-head cannot start: secret not found"}},
      {R"({"status":{"phase":"Running","containerStatuses":[{"name":"ray-head","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,"message":"a\nport 6379 is taken\n"}}}]}})",
       {PodState::kFailing, "container ray-head ended 3 times, last with exit code 1: port 6379 is taken",
        false, "", true}},
      {R"({"status":{"phase":"Pending","initContainerStatuses":[{"name":"wait-gcs-ready","state":{"running":{}}}],"containerStatuses":[{"name":"ray-worker","state":{"waiting":{"reason":"PodInitializing"}}}]}})",
       {PodState::kStarting, "waits for the head"}},
      {R"({"status":{"phase":"Running","containerStatuses":[{"name":"ray-head","started":true,"state":{"running":{}}}]}})",
       {PodState::kStarting, "runs Ray but is not ready", false, "", true}},
      {R"({"metadata":{"labels":{"ray.io/node-type":"worker"}},"status":{"phase":"Running","containerStatuses":[{"name":"ray-worker","started":false,"state":{"running":{}}}]}})",
       {PodState::kStarting, "waits for the head or is starting Ray", false, "", true}},
      {R"({"metadata":{"labels":{"ray.io/node-type":"worker"}},"spec":{"containers":[{"name":"ray-worker","startupProbe":{"exec":{}}}]},"status":{"phase":"Running","containerStatuses":[{"name":"ray-worker","started":true,"state":{"running":{}}}]}})",
       {PodState::kStarting, "runs Ray but is not ready", false, "", true}},
      {R"({"metadata":{"labels":{"ray.io/node-type":"worker"}},"spec":{"containers":[{"name":"ray-worker"}]},"status":{"phase":"Running","containerStatuses":[{"name":"ray-worker","started":true,"state":{"running":{}}}]}})",
       {PodState::kStarting, "runs, and Ray in it is not ready", false, "", true}},
      {R"({"status":{"phase":"Running","containerStatuses":[{"name":"ray-head","started":false,"restartCount":1,"state":{"running":{}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}})",
       {PodState::kStarting, "is starting Ray, restarted 1 times, last after out of memory (exit code 137)",
        false, "", true}},
      {R"({"status":{"phase":"Running","containerStatuses":[{"name":"ray-head","state":{"terminated":{"exitCode":143}}}]}})",
       {PodState::kFailing, "container ray-head ended with signal 15 (exit code 143)", false, "", true}},
      {R"({"status":{"phase":"Running","containerStatuses":[{"name":"ray-head","state":{"waiting":{}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}})",
       {PodState::kFailing, "container ray-head starts again after out of memory (exit code 137)", false,
        "Give it more memory, or let fewer tasks run in it at once.", true}},
  };
  for (const Row& row : rows) {
    INFO(row.pod);
    const PodHealth health = HealthOf(PodOf(row.pod));
    CHECK(health.reason == row.health.reason);
    CHECK(health == row.health);
  }
}

// replicatedhq/troubleshoot#1914, kuberay#4945, kuberay#4994, kuberay#4287, tektoncd/pipeline#942.
TEST_CASE("containers beside Ray's, in any position and state") {
  const char* const head = R"({"ray.io/node-type":"head"})";
  const char* const worker = R"({"ray.io/node-type":"worker"})";
  const char* const of_service = R"({"ray.io/node-type":"worker","ray.io/serve":"true"})";
  const char* const service_head = R"({"ray.io/node-type":"head","ray.io/serve":"true"})";
  const struct {
    const char* what;
    Beside pod;
    PodState state;
    const char *reason, *remark;
  } rows[] = {
      {"a native sidecar hides nothing",
       {kRuns, kCrashes, "Always"},
       PodState::kFailing,
       "container ray-head ended 7 times, last with exit code 1",
       ""},
      {"it is a step until it has started",
       {kStarts, kInitializing, "Always"},
       PodState::kStarting,
       "init container P runs",
       ""},
      {"and keeps Ray from starting where it crashes",
       {kCrashes, kInitializing, "Always"},
       PodState::kFailing,
       "container P ended 7 times, last with exit code 1",
       ""},
      {"once Ray runs it only matters to itself",
       {kCrashes, kRuns, "Always"},
       PodState::kReady,
       "",
       "container P ended 7 times, last with exit code 1"},
      {"an init container that runs to its end is a step",
       {kRuns, kInitializing, "OnFailure"},
       PodState::kStarting,
       "init container P runs",
       ""},
      {"a submitter that has ended well", {kEnded, kRuns}, PodState::kReady, "", ""},
      {"a submitter that has failed",
       {R"({"state":{"terminated":{"exitCode":1}}})", kRuns},
       PodState::kReady,
       "",
       "container P ended with exit code 1"},
      {"a log shipper that crashes",
       {kCrashes, kRuns},
       PodState::kReady,
       "",
       "container P ended 7 times, last with exit code 1"},
      {"one whose own probe fails, or a readiness gate", {kUnready, kRuns}, PodState::kReady, "", ""},
      {"the restarts are Ray's",
       {kRuns, kOutOfMemory},
       PodState::kStarting,
       "runs Ray but is not ready, restarted 3 times, last after out of memory (exit code 137)",
       ""},
      {"and not the other's", {kOutOfMemory, kUnready}, PodState::kStarting, "runs Ray but is not ready", ""},
      {"Ray has not started, the other has", {kRuns, kStarts}, PodState::kStarting, "is starting Ray", ""},
      {"a worker too",
       {kEnded, kStarts, "", worker},
       PodState::kStarting,
       "waits for the head or is starting Ray",
       ""},
      {"Ray has ended beside one that lives",
       {kRuns, kEnded},
       PodState::kFailing,
       "container ray-head ended with exit code 0",
       ""},
      {"Ray is not created yet, and the other cannot be",
       {kCrashes, kInitializing},
       PodState::kFailing,
       "container P ended 7 times, last with exit code 1",
       ""},
      {"a pod that has failed, its sidecar well",
       {kEnded, kEnded, "", head, "Succeeded"},
       PodState::kSucceeded,
       "has ended",
       ""},
      {"a RayService's worker without a proxy",
       {kRuns, kUnready, "", of_service},
       PodState::kReady,
       "",
       "runs Ray, with no Serve proxy on it"},
      {"one that has not started",
       {kRuns, kStarts, "", of_service},
       PodState::kStarting,
       "waits for the head or is starting Ray",
       ""},
      {"its head has to be ready",
       {kRuns, kUnready, "", service_head},
       PodState::kStarting,
       "runs Ray but is not ready",
       ""},
      {"a worker of another cluster",
       {kRuns, kUnready, "", worker},
       PodState::kStarting,
       "runs, and Ray in it is not ready",
       ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const PodHealth health = HealthOf(PodOf(row.pod));
    CHECK(health.state == row.state);
    CHECK(health.reason == row.reason);
    CHECK(health.remark == row.remark);
  }
  CHECK(HealthOf(PodOf({kRuns, kUnready, "", worker}), true).state == PodState::kReady);
}

TEST_CASE("why a pod cannot be scheduled, and the way out") {
  const struct {
    const char *message, *told, *way_out;
  } rows[] = {
      {"", "Unschedulable", ""},
      {"no nodes available to schedule pods", "no nodes available to schedule pods",
       "The Kubernetes cluster has no nodes: add one."},
      {"0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are "
       "available: 1 No preemption victims found for incoming pod.",
       "0/1 nodes are available: 1 Insufficient cpu",
       "No node has so much cpu free: ask for less, delete what uses it, or add a node."},
      {"0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 Insufficient memory. preemption: 0/3 nodes",
       "0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 Insufficient memory",
       "No node has so much nvidia.com/gpu free: ask for less, delete what uses it, or add a node."},
      {"0/1 nodes are available: 1 Insufficient ", "0/1 nodes are available: 1 Insufficient", ""},
      {"0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: none",
       "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector",
       "No node has the labels asked for: `kubectl get nodes --show-labels` shows those there are."},
      {"0/1 nodes are available: 1 node(s) had untolerated taint {gpu: only}.",
       "0/1 nodes are available: 1 node(s) had untolerated taint {gpu: only}",
       "Tolerate the taint, or take it from a node."},
      {"0/1 nodes are available: 1 node(s) were unschedulable.",
       "0/1 nodes are available: 1 node(s) were unschedulable",
       "`kubectl uncordon NODE` lets pods onto a node again."},
      {"0/1 nodes are available: 1 Too many pods.", "0/1 nodes are available: 1 Too many pods",
       "The nodes have as many pods as they take: delete some, or add a node."},
      {"0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
       "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports",
       "Another pod has the host's port: ask for another one, or add a node."},
      {"0/2 nodes are available: persistentvolumeclaim \"data\" not found. not found",
       "0/2 nodes are available: persistentvolumeclaim \"data\" not found. not found",
       "`kubectl describe pvc` shows claim \"data\"; or leave out its volume."},
      {"0/1 nodes are available: 1 node(s) had volume node affinity conflict.",
       "0/1 nodes are available: 1 node(s) had volume node affinity conflict",
       "The volume is on a node or in a zone where the pod has no place."},
      {"0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
       "0/1 nodes are available: 1 node(s) didn't match pod affinity rules",
       "The pod asks to be beside pods that are not there: see its affinity."},
      {"0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
       "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules",
       "The pods there keep the pod away: change the anti-affinity, or add a node."},
      {"0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints.",
       "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints",
       "The pods cannot be spread as asked: relax the constraints, or add nodes."},
      {"0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {gpu: only}.",
       "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {gpu: only}",
       "Tolerate the taint, or take it from a node."},
      {"something new.", "something new", ""},
      {"pod has unbound immediate PersistentVolumeClaims.",
       "pod has unbound immediate PersistentVolumeClaims",
       "`kubectl get pvc` shows which claim waits for its volume."},
  };
  for (const auto& row : rows) {
    INFO(row.message);
    const Json condition = {
        {"type", "PodScheduled"}, {"status", "False"}, {"reason", "Unschedulable"}, {"message", row.message}};
    const PodHealth health =
        HealthOf({{"status", {{"phase", "Pending"}, {"conditions", Json::array({condition})}}}});
    CHECK(health.reason == std::string("cannot be scheduled: ") + row.told);
    CHECK(health.way_out == row.way_out);
  }
}

TEST_CASE("a cluster's progress in a line") {
  ClusterProgress progress(2);
  CHECK(progress.empty());
  CHECK(progress.Describe() == "head pod is not there yet; workers 0 of 2 ready");
  const Json head = Parse(
      R"({"metadata":{"name":"h","labels":{"ray.io/node-type":"head"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}})");
  const Json worker = Parse(
      R"({"metadata":{"name":"w","labels":{"ray.io/node-type":"worker"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}})");
  Json pending = Parse(R"({"metadata":{"name":"v","labels":{"ray.io/node-type":"worker"}}})");
  progress.Update(worker);
  CHECK(!progress.complete());
  progress.Update(pending);
  CHECK(!progress.complete());
  CHECK(progress.Describe() == "head pod is not there yet; workers 1 of 2 ready (1 waits for the scheduler)");
  progress.Update(head);
  CHECK(progress.complete());
  CHECK(!progress.ready());
  pending["status"] = worker["status"];
  progress.Update(pending);
  CHECK(progress.ready());
  CHECK(progress.Describe() == "head ready; workers 2 of 2 ready");
  progress.Remove(head);
  CHECK(!progress.ready());
  CHECK(progress.Hopeless().empty());
  progress.Update(Parse(
      R"({"metadata":{"name":"h2","labels":{"ray.io/node-type":"head"}},"status":{"containerStatuses":[{"image":"X","state":{"waiting":{"reason":"InvalidImageName"}}}]}})"));
  CHECK(progress.Hopeless() == "pod \"h2\" image \"X\" cannot be used: InvalidImageName");
  CHECK(progress.WayOut().empty());
  const char* pulls =
      R"({"metadata":{"name":"w2","labels":{"ray.io/node-type":"worker"}},"status":{"containerStatuses":[{"image":"x","state":{"waiting":{"reason":"ErrImagePull","message":"no"}}}]}})";
  progress.Update(Parse(pulls));
  CHECK(progress.WayOut() == "Check the image's name, and that the nodes may pull it.");
  progress.Update(Parse(
      R"({"metadata":{"name":"z-head","labels":{"ray.io/node-type":"head"}},"status":{"containerStatuses":[{"name":"ray-head","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}})"));
  CHECK(progress.WayOut() == "Give it more memory, or let fewer tasks run in it at once.");
  // An evicted pod remains beside the one that replaced it.
  ClusterProgress evicted(0);
  evicted.Update(Parse(
      R"({"metadata":{"name":"a","labels":{"ray.io/node-type":"head"}},"status":{"phase":"Failed","reason":"Evicted"}})"));
  CHECK(evicted.Describe() == "head pod is not there yet");
  evicted.Update(head);
  CHECK(evicted.ready());
}

TEST_CASE("a setup step that failed is said by its name with its last words, and waiting is useless") {
  const auto health = [](const char* message) {
    Json status =
        Parse(R"({"name":"ray-head","restartCount":1,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
                            "lastState":{"terminated":{"exitCode":72,"reason":"Error"}}})");
    status["lastState"]["terminated"]["message"] = message;
    Json pod = Parse(R"({"metadata":{"name":"x","labels":{"ray.io/node-type":"head"}},
                         "spec":{"containers":[{"name":"ray-head"}]},"status":{"phase":"Running"}})");
    pod["status"]["containerStatuses"] = Json::array({status});
    return HealthOf(pod);
  };
  const PodHealth said = health(
      "setup step \"001-pip\" ended with exit code 1\nlast lines of its output:\n  a\n  no such package\n");
  CHECK(said.reason ==
        "container ray-head ended 1 times, last with setup step \"001-pip\" ended with exit code 1: no such "
        "package");
  CHECK(said.hopeless);
  CHECK(said.way_out.find("kubectl ray logs --component setup") != std::string::npos);
  CHECK(health("setup step \"001-pip\" ended with exit code 1").reason ==
        "container ray-head ended 1 times, last with setup step \"001-pip\" ended with exit code 1");
  CHECK(!health("\"ray\" ended with exit code 1").hopeless);
}
