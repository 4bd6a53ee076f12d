#include "ray-init-agent/container_limits.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/tree.h"

using namespace ray_init_agent;

namespace {

shared::RayContainerLimits Limits(const std::map<std::string, std::string>& files) {
  const Tree tree(files);
  return ReadCgroupLimits({tree.path() + "/v2", tree.path() + "/cpu", tree.path() + "/memory"});
}

}  // namespace

TEST_CASE("limits of cgroup v2, CPUs rounded up") {
  const auto limits = Limits({{"v2/cpu.max", "150000 100000\n"}, {"v2/memory.max", "2147483648\n"}});
  CHECK(limits.cpus == 2);
  CHECK(limits.memory_bytes == 2147483648);
}

TEST_CASE("no limits of cgroup v2") {
  const auto limits = Limits({{"v2/cpu.max", "max 100000\n"}, {"v2/memory.max", "max\n"}});
  CHECK_FALSE(limits.cpus);
  CHECK_FALSE(limits.memory_bytes);
}

TEST_CASE("limits of cgroup v1") {
  const auto limits = Limits({{"cpu/cpu.cfs_quota_us", "400000\n"},
                              {"cpu/cpu.cfs_period_us", "100000\n"},
                              {"memory/memory.limit_in_bytes", "1048576\n"}});
  CHECK(limits.cpus == 4);
  CHECK(limits.memory_bytes == 1048576);
}

TEST_CASE("a hybrid machine's v2 has no controllers: those of v1 count") {
  const auto limits = Limits({{"v2/cgroup.procs", "1\n"}, {"memory/memory.limit_in_bytes", "4096\n"}});
  CHECK(limits.memory_bytes == 4096);
}

TEST_CASE("no limits of cgroup v1") {
  const auto limits = Limits({{"cpu/cpu.cfs_quota_us", "-1\n"},
                              {"cpu/cpu.cfs_period_us", "100000\n"},
                              {"memory/memory.limit_in_bytes", "9223372036854771712\n"}});
  CHECK_FALSE(limits.cpus);
  CHECK_FALSE(limits.memory_bytes);
}

TEST_CASE("what cannot be read is no limit") {
  for (const char* text : {"", "x", "-5 100000", "100000", "100000 0", "0 100000", "\xff\xff"}) {
    INFO(text);
    CHECK_FALSE(Limits({{"v2/cpu.max", text}}).cpus);
  }
  CHECK_FALSE(Limits({}).memory_bytes);
}

TEST_CASE("the downward API's numbers, and a request where nothing is limited") {
  struct Row {
    const char* cpu_max;
    std::map<std::string, std::string> variables;
    std::optional<std::int64_t> cpus;
  };
  const Row rows[] = {
      {"max 100000", {}, std::nullopt},
      {"max 100000", {{"RAY_INIT_AGENT_CPU_REQUEST", "3"}}, 3},
      {"max 100000", {{"RAY_INIT_AGENT_CPU_REQUEST", "0"}}, std::nullopt},  // there is no request
      {"200000 100000", {{"RAY_INIT_AGENT_CPU_REQUEST", "3"}}, 2},
      {"200000 100000", {{"RAY_INIT_AGENT_CPU_LIMIT", "5"}, {"RAY_INIT_AGENT_CPU_REQUEST", "3"}}, 5},
  };
  for (const Row& row : rows) {
    INFO(row.cpu_max);
    const std::map<std::string, std::string> files = {{"v2/cpu.max", row.cpu_max}};
    const Tree tree(files);
    const auto lookup = [&](const std::string& name) -> std::optional<std::string> {
      const auto found = row.variables.find(name);
      return found == row.variables.end() ? std::nullopt : std::optional(found->second);
    };
    const auto options = ParseOptions({"start"}, lookup);
    REQUIRE(options);
    CHECK(ContainerLimits(*options, {tree.path() + "/v2", "", ""}).cpus == row.cpus);
  }
}
