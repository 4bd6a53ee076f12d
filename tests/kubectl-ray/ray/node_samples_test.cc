#include "kubectl-ray/ray/node_samples.h"

#include <catch2/catch_test_macros.hpp>

#include "shared/json.h"
#include "tests/support/nodes_summary.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

constexpr double kGiB = 1073741824;

Json Wrapped(const Json& node, const Json& usage = nullptr) {
  return {{"result", true}, {"data", {{"summary", Json::array({node})}, {"nodeLogicalResources", usage}}}};
}

// The only sample of an answer with this node.
NodeSample Only(const std::string& node, const Json& usage = nullptr) {
  const auto parsed = shared::ParseJson(node);
  REQUIRE(parsed);
  Json alive = *parsed;
  alive["raylet"]["state"] = "ALIVE";
  const auto samples = ReadNodeSamples(Wrapped(alive, usage).dump());
  REQUIRE(samples);
  REQUIRE(samples->size() == 1);
  return samples->front();
}

}  // namespace

TEST_CASE("a whole answer of Ray 2.60", "[top]") {
  const auto samples = ReadNodeSamples(kNodesSummary);
  REQUIRE(samples);
  REQUIRE(samples->size() == 4);  // one node is dead
  const NodeSample& gpu = samples->at(1);
  CHECK(gpu.id == "bb");
  CHECK(gpu.address == "10.0.0.2");
  CHECK(gpu.instance == "demo-gpu-a");
  CHECK(gpu.time == 1764453561.5);
  CHECK(gpu.cpu_used == 1.5);
  CHECK(gpu.memory_used == 3 * kGiB);  // the cgroup's, not the host's beside it
  CHECK(gpu.memory_total == 8 * kGiB);
  REQUIRE(gpu.gpus);
  CHECK(*gpu.gpus == std::vector<GpuSample>{{"0", "NVIDIA A100-SXM4-80GB", 87, 30 * kGiB, 80 * kGiB},
                                            {"1", "NVIDIA A100-SXM4-80GB", std::nullopt, 0, 80 * kGiB}});
  CHECK(gpu.store_used == 0);  // protobuf leaves it out
  CHECK(gpu.store_total == 2 * kGiB);
  CHECK(gpu.spilled == 5 * kGiB);
  CHECK(gpu.cpu == RayShare{1, 4});
  CHECK(gpu.memory == RayShare{kGiB, 5 * kGiB});
  CHECK(gpu.gpu == RayShare{1.5, 2});
}

TEST_CASE("CPUs that a node uses", "[top]") {
  const std::pair<const char*, std::optional<double>> rows[] = {
      {R"({"cpu": 50.0, "cpus": [2, 1]})", 1.0},
      {R"({"cpu": 0.0, "cpus": [64, 32]})", 0.0},
      {R"({"cpu": "25", "cpus": ["4", 1]})", 1.0},
      {R"({"cpu": 0.0, "cpus": [0, 1]})", std::nullopt},  // a limit below one CPU: nothing was measured
      {R"({"cpu": 50.0})", std::nullopt},
      {R"({"cpus": [2, 1]})", std::nullopt},
      {R"({"cpu": -1, "cpus": [2, 1]})", std::nullopt},
      {R"({"cpu": 1e30, "cpus": [2, 1]})", std::nullopt},
      {R"({"cpu": "50%", "cpus": [2, 1]})", std::nullopt},
      {R"({"cpu": "", "cpus": [2, 1]})", std::nullopt},
      {R"({"cpu": "nan", "cpus": [2, 1]})", std::nullopt},
      {R"({"cpu": [], "cpus": {}})", std::nullopt},
      {R"({"cpu": null, "cpus": []})", std::nullopt},
  };
  for (const auto& [node, used] : rows) {
    INFO(node);
    CHECK(Only(node).cpu_used == used);
  }
}

TEST_CASE("memory is the cgroup's where Ray has that", "[top]") {
  struct Row {
    const char* node;
    std::optional<double> used, total;
  };
  const Row rows[] = {
      {R"({"mem": [100, 60, 40.0, 40]})", 40, 100},  // Ray before it had cgroupMem
      {R"({"mem": [100, 60, 40.0, 40], "cgroupMem": null})", 40, 100},
      {R"({"mem": [100, 60, 40.0, 40], "cgroupMem": [7, 9]})", 7, 9},
      {R"({"mem": [100, 60, 40.0, 40], "cgroupMem": [7]})", 7, std::nullopt},
      {R"({"mem": [100, 60, 40.0, 40], "cgroupMem": []})", 40, 100},
      {R"({"mem": [100]})", std::nullopt, 100},
      {R"({"mem": "100"})", std::nullopt, std::nullopt},
      {R"({})", std::nullopt, std::nullopt},
  };
  for (const Row& row : rows) {
    INFO(row.node);
    CHECK(Only(row.node).memory_used == row.used);
    CHECK(Only(row.node).memory_total == row.total);
  }
}

TEST_CASE("no list of GPUs is not an empty one, and odd ones are left out", "[top]") {
  CHECK(Only("{}").gpus == std::nullopt);
  CHECK(Only(R"({"gpus": null})").gpus == std::nullopt);
  CHECK(Only(R"({"gpus": []})").gpus == std::vector<GpuSample>());
  CHECK(Only(R"({"gpus": [null, 5, {}, {"index": "x", "name": 5, "utilizationGpu": null}]})").gpus ==
        std::vector<GpuSample>(2));
}

TEST_CASE("the object store without statistics is not known; what is 0 is not in them", "[top]") {
  CHECK(Only(R"({"raylet": {"objectStoreUsedMemory": 0}})").store_total == std::nullopt);
  CHECK(Only(R"({"raylet": {"storeStats": {}}})").spilled == 0);
  CHECK(Only(R"({"raylet": {"storeStats": {"spilledBytesTotal": "9007199254740993"}}})").spilled ==
        9007199254740992);
  CHECK(Only(R"({"raylet": {"storeStats": {"spilledBytesTotal": "x"}}})").spilled == std::nullopt);
}

TEST_CASE("Ray's shares by the node's id, or by its address, as the autoscaler v1 has them", "[top]") {
  const std::string node =
      R"({"raylet": {"nodeId": "aa", "nodeManagerAddress": "10.0.0.1", "resourcesTotal": {"CPU": 2.0}}})";
  struct Row {
    const char* what;
    Json usage;
    RayShare cpu, gpu;
  };
  const Row rows[] = {
      {"none", nullptr, {std::nullopt, 2}, {std::nullopt, 0}},
      {"by id", {{"aa", "0.5/2.0 CPU"}}, {0.5, 2}, {0, 0}},
      {"by address", {{"10.0.0.1", "0.5/2.0 CPU\n1.0/1.0 GPU"}}, {0.5, 2}, {1, 0}},
      {"reserved", {{"aa", "0.5/2.0 CPU (0.5 used of 1.5 reserved in placement groups)"}}, {1.5, 2}, {0, 0}},
      {"of another node", {{"bb", "0.5/2.0 CPU"}}, {std::nullopt, 2}, {std::nullopt, 0}},
      {"no text", {{"aa", 5}}, {std::nullopt, 2}, {std::nullopt, 0}},
      {"not understood", {{"aa", "\n\n CPU 5\n/"}}, {std::nullopt, 2}, {std::nullopt, 0}},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(Only(node, row.usage).cpu == row.cpu);
    CHECK(Only(node, row.usage).gpu == row.gpu);
  }
  CHECK(Only(R"({"raylet": {"nodeId": "aa"}})", {{"aa", "0.5/2.0 CPU"}}).cpu == RayShare{0.5, 2});
}

TEST_CASE("answers of another form have no nodes; what is no JSON is an error", "[top]") {
  for (const char* odd : {"null", "5", "[]", "{}", R"({"data": []})", R"({"data": {"summary": {}}})",
                          R"({"data": {"summary": [null, 5, [], {}, {"raylet": 5}]}})"}) {
    INFO(odd);
    const auto samples = ReadNodeSamples(odd);
    REQUIRE(samples);
    CHECK(samples->empty());
  }
  CHECK_FALSE(ReadNodeSamples("<html>"));
  CHECK_FALSE(ReadNodeSamples(std::string(1000, '[')));
}

TEST_CASE("texts are bounded", "[top]") {
  const std::string node = R"({"raylet": {"instanceId": ")" + std::string(100000, 'x') + R"("}})";
  CHECK(Only(node).instance.size() == 256);
  const Json usage = {{"aa", "0.5/2.0 CPU" + std::string(1000000, '\n') + "1.0/1.0 GPU"}};
  CHECK(Only(R"({"raylet": {"nodeId": "aa"}})", usage).cpu == RayShare{0.5, 2});
}
