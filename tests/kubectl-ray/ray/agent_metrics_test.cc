#include "kubectl-ray/ray/agent_metrics.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/agent_metrics.h"

using namespace kubectl_ray;

namespace {

constexpr double kGiB = 1073741824;

std::optional<NodeSample> Read(std::string_view text, std::size_t piece = 1000) {
  AgentMetrics metrics;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) metrics.Feed(text.substr(0, piece));
  return metrics.Sample();
}

// The sample of a node of which these lines are known, besides its memory.
NodeSample With(const std::string& lines) {
  const auto sample = Read("ray_node_mem_used{ip=\"10.0.0.1\"} 5\n" + lines + "\n");
  REQUIRE(sample);
  return *sample;
}

}  // namespace

TEST_CASE("all that an agent of Ray 2.60 serves", "[top]") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    const auto sample = Read(kAgentMetrics, piece);
    REQUIRE(sample);
    CHECK(sample->address == "10.0.0.2");
    CHECK(sample->time == std::nullopt);
    CHECK(sample->cpu_used == 1.5);
    CHECK(sample->memory_used == 3 * kGiB);  // the cgroup's, not that beside it
    CHECK(sample->memory_total == 8 * kGiB);
    REQUIRE(sample->gpus);
    CHECK(*sample->gpus == std::vector<GpuSample>{{"0", "NVIDIA \"A100\"\\SXM4", 87, 30 * kGiB, 80 * kGiB},
                                                  {"1", "NVIDIA \"A100\"\\SXM4", 0, 0, 80 * kGiB}});
    CHECK(sample->store_used == 0);
    CHECK(sample->store_total == 2 * kGiB);
    CHECK(sample->spilled == 5 * kGiB);
    CHECK(sample->cpu == RayShare{1, 4});
    CHECK(sample->memory == RayShare{kGiB, 5 * kGiB});
    CHECK(sample->gpu == RayShare{1.5, 2});
  }
}

TEST_CASE("what is not a node's is no sample", "[top]") {
  for (const char* text : {"", "<html>404</html>", "ray_node_cpu_utilization 5\n", "ray_node_mem_used 5",
                           "ray_node_mem_used x\n", "ray_node_mem_used -1\n", "ray_node_mem_used NaN\n",
                           "ray_node_mem_used +Inf\n", "ray_node_mem_used 1e19\n",
                           "ray_node_mem_used_total 5\n", "dcgm_node_mem_used 5\n"}) {
    CAPTURE(text);
    CHECK_FALSE(Read(text));
  }
}

TEST_CASE("what an agent does not serve is not known", "[top]") {
  const NodeSample sample = With("");
  NodeSample expected;
  expected.address = "10.0.0.1";
  expected.memory_used = 5;
  CHECK(sample == expected);
}

TEST_CASE("CPUs by an agent's percentage and count", "[top]") {
  const std::pair<const char*, std::optional<double>> rows[] = {
      {"ray_node_cpu_utilization 50\nray_node_cpu_count 2", 1.0},
      {"ray_node_cpu_utilization 0\nray_node_cpu_count 2", 0.0},
      {"ray_node_cpu_utilization 50\nray_node_cpu_count 0", std::nullopt},  // the limit is below one CPU
      {"ray_node_cpu_utilization 50", std::nullopt},
      {"ray_node_cpu_count 2", std::nullopt},
  };
  for (const auto& [lines, used] : rows) {
    CAPTURE(lines);
    CHECK(With(lines).cpu_used == used);
  }
}

TEST_CASE("an agent's resources: one that the node does not have is 0 of 0", "[top]") {
  const struct {
    const char* lines;
    RayShare cpu, gpu;
  } rows[] = {
      {"", {}, {}},
      {R"(ray_resources{Name="node:10.0.0.1",State="USED"} 0)", {0, 0}, {0, 0}},
      {"ray_resources{Name=\"CPU\",State=\"USED\"} 1\nray_resources{Name=\"CPU\",State=\"AVAILABLE\"} 0.5",
       {1, 1.5},
       {0, 0}},
      {R"(ray_resources{Name="CPU",State="USED"} 1)", {1, std::nullopt}, {0, 0}},
      {R"(ray_resources{Name="CPU",State="AVAILABLE"} 1)", {}, {0, 0}},
      {R"(ray_resources{Name="CPU",State="used"} 1)", {}, {0, 0}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.lines);
    const NodeSample sample = With(row.lines);
    CHECK(sample.cpu == row.cpu);
    CHECK(sample.gpu == row.gpu);
  }
}

TEST_CASE("an agent's store, spilled bytes and GPUs in part", "[top]") {
  CHECK(With("ray_object_store_used_memory 5").store_used == 5);
  CHECK(With("ray_object_store_used_memory 5").store_total == std::nullopt);
  CHECK(With("ray_spill_manager_objects_bytes{State=\"Restored\"} 5").spilled == std::nullopt);
  CHECK(With("ray_spill_manager_objects_bytes{State=\"Spilled\"} 0").spilled == 0);
  const auto gpus = With("ray_node_gpus_utilization 5\nray_node_gram_used{GpuIndex=\"1\"} 1").gpus;
  REQUIRE(gpus);
  CHECK(*gpus == std::vector<GpuSample>{{"", "", 5, {}, {}}, {"1", "", {}, 1048576, {}}});
}

TEST_CASE("an agent's texts and GPUs are bounded", "[top]") {
  std::string lines;
  for (int i = 0; i < 1000; ++i)
    lines += "ray_node_gram_used{GpuIndex=\"" + std::to_string(i) + "\",GpuDeviceName=\"" +
             std::string(1000, 'x') + "\"} 1\n";
  const NodeSample sample = With(lines);
  REQUIRE(sample.gpus);
  CHECK(sample.gpus->size() == 256);
  CHECK(sample.gpus->front().name.size() == 256);
}
