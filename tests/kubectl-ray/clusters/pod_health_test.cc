#include "kubectl-ray/clusters/pod_health.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/clusters/cluster_progress.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Parse(const char* text) { return *shared::ParseJson(text); }

}  // namespace

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
    const PodHealth health = HealthOf(Parse(row.pod));
    CHECK(health.reason == row.health.reason);
    CHECK(health == row.health);
  }
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
       "`kubectl describe pvc` tells of claim \"data\"; or leave out its volume."},
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

TEST_CASE("why an owner's pods are refused") {
  const struct {
    const char *owner, *why;
  } rows[] = {
      {"null", ""},
      {R"({"status":{"conditions":"none"}})", ""},
      {R"({"status":{"conditions":[{"type":"Available","status":"True","message":"all is well"}]}})", ""},
      {R"({"status":{"conditions":[{"type":"ReplicaFailure","status":"False","message":"it was"}]}})", ""},
      {R"({"status":{"conditions":[{"type":"Available","status":"False"},{"type":"ReplicaFailure","status":"True","message":"exceeded quota"}]}})",
       "pods are refused: exceeded quota"},
  };
  for (const auto& row : rows) CHECK(WhyPodsAreRefused(Parse(row.owner)) == row.why);
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
  progress.Update(pending);
  CHECK(progress.Describe() == "head pod is not there yet; workers 1 of 2 ready (1 waits for the scheduler)");
  progress.Update(head);
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
}
