#include "kubectl-ray/autoscaler/idle_nodes.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Yaml(const std::string& text) {
  auto value = ParseYaml("x", text);
  REQUIRE(value);
  return *std::move(value);
}

GcsNode Node(const std::string& instance, const std::string& address, std::optional<std::int64_t> idle_ms) {
  GcsNode node;
  node.instance_id = instance;
  node.address = address;
  node.idle_ms = idle_ms;
  return node;
}

Json Pod(const std::string& name, const std::string& group, const std::string& ip) {
  return {{"metadata", {{"name", name}, {"labels", {{"ray.io/group", group}}}}}, {"status", {{"podIP", ip}}}};
}

}  // namespace

TEST_CASE("an idle node's fate", "[autoscaler]") {
  struct Row {
    std::optional<std::int64_t> seconds;
    std::int64_t timeout;
    bool kept, autoscaled;
    std::string text;
  };
  const std::string past = "goes, unless what waits or request_resources() needs it";
  const Row rows[] = {
      {0, 60, false, true, "idle for 0s, goes in 60s"},
      {59, 60, false, true, "idle for 59s, goes in 1s"},
      {60, 60, false, true, "idle for 60s, past its 60s: " + past},
      {312, 60, false, true, "idle for 5m12s, past its 60s: " + past},
      {312, 60, true, true, "idle for 5m12s, stays: its group has minReplicas"},
      {312, 60, false, false, "idle for 5m12s"},
      {{}, 60, false, true, "goes after 60s of that"},
      {{}, 60, true, true, "stays: its group has minReplicas"},
      {{}, 60, true, false, ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(ToString(IdleNode{"a", "b", row.seconds, row.timeout, row.kept}, row.autoscaled) == row.text);
  }
}

TEST_CASE("a node is the pod of its address or name, and the head is none of the workers", "[autoscaler]") {
  GcsStatus gcs;
  gcs.nodes = {
      Node("", "10.0.0.2", 1500),        Node("demo-b", "10.0.0.99", 999), Node("demo-c", "", {}),
      Node("", "10.0.0.4", 2000),        Node("", "10.0.0.5", 3000),       Node("gone", "10.0.0.6", 2000),
      Node("drained", "10.0.0.7", 9000), Node("", "10.0.0.1", 9000)};
  gcs.nodes[4].head = true;
  gcs.nodes[5].group = "small";
  gcs.nodes[6].draining = true;
  const std::vector<Json> pods = {Pod("demo-a", "small", "10.0.0.2"), Pod("demo-b", "gpu", "10.0.0.3"),
                                  Pod("demo-c", "gpu", "10.0.0.8"), Pod("demo-head", "headgroup", "10.0.0.1"),
                                  Json()};
  CHECK(IdleNodesOf(gcs, pods) ==
        std::vector<IdleNode>{
            {"10.0.0.4", "", 2}, {"gone", "small", 2}, {"demo-a", "small", 1}, {"demo-b", "gpu", 0}});
}

TEST_CASE("those that are idle for longest go, and minReplicas stay", "[autoscaler]") {
  const Json cluster = Yaml(R"(
spec:
  autoscalerOptions: {idleTimeoutSeconds: 90}
  workerGroupSpecs:
    - {groupName: small, idleTimeoutSeconds: 5}
    - {groupName: odd, idleTimeoutSeconds: -3}
    - {groupName: text, idleTimeoutSeconds: soon}
)");
  ScalingGroup small, odd;
  small.name = "small";
  small.replicas = 3;
  small.min = 1;
  odd.name = "odd";
  odd.replicas = std::numeric_limits<std::int64_t>::max();
  odd.min = std::numeric_limits<std::int64_t>::min();
  std::vector<IdleNode> idle = {{"a", "small", 9}, {"b", "small", 8}, {"c", "small", 7},
                                {"d", "odd", 6},   {"e", "text", 5},  {"f", "", 4}};
  AddFates(cluster, {small, odd}, &idle);
  CHECK(idle == std::vector<IdleNode>{{"a", "small", 9, 5, false},
                                      {"b", "small", 8, 5, false},
                                      {"c", "small", 7, 5, true},
                                      {"d", "odd", 6, 0, false},
                                      {"e", "text", 5, 90, false},
                                      {"f", "", 4, 90, false}});
  std::vector<IdleNode> one = {{"a", "small", 9}};
  AddFates(Json(), {}, &one);
  CHECK(one[0].timeout_seconds == 60);
  CHECK_FALSE(one[0].kept);
}

TEST_CASE("what Ray does not count as idle though nothing of it is in use", "[autoscaler]") {
  GcsStatus gcs;
  gcs.nodes = {Node("a", "", {}), Node("b", "", {}), Node("c", "", 5), Node("d", "", {})};
  for (GcsNode& node : gcs.nodes) {
    node.total = node.available = {{"CPU", 2}};
    node.activity = {"Busy workers on node.", "Object store."};
  }
  gcs.nodes[1].available = {{"CPU", 1.5}};
  gcs.nodes[3].activity.clear();
  CHECK(HeldNodesOf(gcs, {}) == std::vector<HeldNode>{{"a", "", "Busy workers on node. Object store."}});
}
