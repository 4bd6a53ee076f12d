#include "ray-init-agent/container_limits.h"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace ray_init_agent;

namespace {

using Files = std::map<std::string, std::string>;

// A tree of files in a directory of its own.
class Tree {
 public:
  explicit Tree(const Files& files) {
    char name[] = "/tmp/container_limits_test.XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    root_ = name;
    for (const auto& [path, text] : files) {
      const std::filesystem::path file = root_ + "/" + path;
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file) << text;
    }
  }
  ~Tree() { std::filesystem::remove_all(root_); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  shared::RayContainerLimits Read() const { return ReadCgroupLimits(root_ + "/cgroup", root_ + "/self"); }

 private:
  std::string root_;
};

shared::RayContainerLimits Limits(const Files& files) { return Tree(files).Read(); }

}  // namespace

TEST_CASE("limits of cgroup v2, CPUs rounded up") {
  const auto limits = Limits(
      {{"self", "0::/\n"}, {"cgroup/cpu.max", "150000 100000\n"}, {"cgroup/memory.max", "2147483648\n"}});
  CHECK(limits.cpus == 2);
  CHECK(limits.memory_bytes == 2147483648);
}

TEST_CASE("no limits of cgroup v2") {
  const auto limits =
      Limits({{"self", "0::/\n"}, {"cgroup/cpu.max", "max 100000\n"}, {"cgroup/memory.max", "max\n"}});
  CHECK_FALSE(limits.cpus);
  CHECK_FALSE(limits.memory_bytes);
}

TEST_CASE("cgroup v2 without a namespace: the group's own path counts") {
  const auto limits = Limits({{"self", "0::/kubepods/pod1/abc\n"},
                              {"cgroup/kubepods/pod1/abc/cpu.max", "20000 100000\n"},
                              {"cgroup/kubepods/pod1/abc/memory.max", "1000\n"}});
  CHECK(limits.cpus == 1);
  CHECK(limits.memory_bytes == 1000);
}

TEST_CASE("limits of cgroup v1, in a container and on a host's mount") {
  const std::map<std::string, std::string> container = {
      {"self", "4:memory:/kubepods/pod1\n2:cpu,cpuacct:/kubepods/pod1\n"},
      {"cgroup/cpu/cpu.cfs_quota_us", "400000\n"},
      {"cgroup/cpu/cpu.cfs_period_us", "100000\n"},
      {"cgroup/memory/memory.limit_in_bytes", "1048576\n"}};
  CHECK(Limits(container).cpus == 4);
  CHECK(Limits(container).memory_bytes == 1048576);
  auto host = container;
  host["cgroup/memory/kubepods/pod1/memory.limit_in_bytes"] = "4096\n";
  CHECK(Limits(host).memory_bytes == 4096);
}

TEST_CASE("no limits of cgroup v1") {
  const auto limits = Limits({{"cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
                              {"cgroup/cpu/cpu.cfs_period_us", "100000\n"},
                              {"cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}});
  CHECK_FALSE(limits.cpus);
  CHECK_FALSE(limits.memory_bytes);
}

TEST_CASE("what cannot be read is no limit") {
  for (const char* text : {"", "x", "-5 100000", "100000", "100000 0", "0 100000", "\xff\xff"}) {
    INFO(text);
    CHECK_FALSE(Limits({{"cgroup/cpu.max", text}}).cpus);
  }
  CHECK_FALSE(Limits({}).memory_bytes);
}
