#include "ray-init-agent/preflight.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tests/support/loopback.h"

using namespace ray_init_agent;

namespace {

// A plan that uses no port but those given.
Plan PlanWith(std::map<std::string, std::string> ray,
              shared::RayNodeType node_type = shared::RayNodeType::kWorker) {
  Plan plan;
  plan.node_type = node_type;
  plan.ray = std::move(ray);
  for (const char* option : {"port", "dashboard-port", "ray-client-server-port",
                             "dashboard-agent-listen-port", "metrics-export-port"})
    plan.ray.try_emplace(option, "0");
  return plan;
}

// Without what is so of the disk of the machine that runs the tests.
std::vector<Finding> Findings(const Plan& plan, const shared::RayContainerLimits& limits = {},
                              const PreflightPlaces& places = {}) {
  std::vector<Finding> findings = Preflight(plan, limits, places);
  std::erase_if(findings, [](const Finding& finding) {
    return finding.error.message.find("% full") != std::string::npos;
  });
  return findings;
}

// A /proc as of a pod: this process alone, which listens, and as many connections as the head of a large
// cluster has (22,000 were more than the search for an owner had time for). In the kernel's order and format.
class OwnProc {
 public:
  explicit OwnProc(const LoopbackListener& listener) {
    struct stat status = {};
    REQUIRE(fstat(listener.fd(), &status) == 0);
    std::filesystem::create_symlink("/proc/self", path_ + "/" + std::to_string(getpid()));
    std::filesystem::create_directory(path_ + "/net");
    std::FILE* table = std::fopen((path_ + "/net/tcp").c_str(), "we");
    REQUIRE(table != nullptr);
    std::fputs("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  inode\n",
               table);
    const auto add = [&](int row, unsigned port, unsigned state, unsigned long inode) {
      std::fprintf(table,
                   "%4d: 0100007F:%04X 00000000:0000 %02X 00000000:00000000 00:00000000 00000000 0 0 %lu 1 0 "
                   "100 0 0 10 0\n",
                   row, port, state, inode);
    };
    add(0, 1, 10, 1);
    add(1, listener.port(), 10, status.st_ino);
    for (int row = 2; row < 100'000; ++row) add(row, listener.port(), 1, 2);
    std::fclose(table);
  }
  ~OwnProc() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  char name_[32] = "/tmp/preflight_test.XXXXXX";
  const std::string path_ = mkdtemp(name_);
};

}  // namespace

TEST_CASE("a port that is taken is named with its owner") {
  const LoopbackListener listener;
  const std::string port = std::to_string(listener.port());
  const OwnProc proc(listener);
  auto findings = Findings(PlanWith({{"node-manager-port", port}}), {}, {.proc = proc.path()});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].fatal);
  const std::string& message = findings[0].error.message;
  CHECK(message.starts_with("port " + port + " (node-manager-port) is taken by \""));
  CHECK(message.ends_with("(pid " + std::to_string(getpid()) + ")"));
  findings = Findings(PlanWith({{"metrics-export-port", port}}));
  REQUIRE(findings.size() == 1);
  CHECK_FALSE(findings[0].fatal);
  CHECK(Findings(PlanWith({{"port", port}})).empty());  // a worker has no GCS
  CHECK(Findings(PlanWith({{"port", port}}, shared::RayNodeType::kHead)).at(0).fatal);
  CHECK(PortOwner(listener.port(), "/nowhere", CpuTimeFromNow(std::chrono::hours(1))) == "another process");
  CHECK(PortOwner(listener.port(), proc.path(), CpuTime(0)) == "another process");
}

TEST_CASE("a port for probes that Ray or somebody else has") {
  struct Row {
    int port;
    std::map<std::string, std::string> ray;
    const char* message;  // after "port N (health-port) "; none: nothing is wrong
  };
  const LoopbackListener listener;
  const Row rows[] = {
      {0, {}, nullptr},
      {listener.port(), {{"worker-port-list", "1"}}, "is taken by \""},
      // Not Ray's own 52365, which is among the ports that connections of other tests get.
      {5236, {{"dashboard-agent-listen-port", "5236"}}, "is also that of Ray's dashboard-agent-listen-port"},
      {6379, {}, nullptr},  // a worker has no GCS
      {10001, {}, nullptr},
      {10002, {}, "lies among the workers' ports 10002 to 19999"},
      {19999, {}, "lies among the workers' ports 10002 to 19999"},
      {20000, {}, nullptr},
      {20000, {{"min-worker-port", "20000"}, {"max-worker-port", "20001"}}, "lies among"},
      {12345, {{"min-worker-port", "0"}, {"max-worker-port", "0"}}, nullptr},
      {12345, {{"worker-port-list", "20000"}}, nullptr},
  };
  const OwnProc proc(listener);
  for (const Row& row : rows) {
    INFO(row.port);
    Plan plan = PlanWith(row.ray);
    plan.health_port = static_cast<std::uint16_t>(row.port);
    const auto findings = Findings(plan, {}, {.proc = proc.path()});
    REQUIRE(findings.size() == (row.message == nullptr ? 0 : 1));
    if (row.message == nullptr) continue;
    CHECK(findings[0].fatal);
    CHECK(findings[0].error.message.starts_with("port " + std::to_string(row.port) + " (health-port) " +
                                                row.message));
  }
}

TEST_CASE("an object store larger than the shared memory") {
  auto findings = Findings(PlanWith({{"object-store-memory", "9000000000000000"}}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].fatal);
  CHECK(findings[0].error.message.starts_with("\"/dev/shm\" has "));
  CHECK(findings[0].error.message.ends_with(" and the object store wants 8185 TiB"));
  findings = Findings(PlanWith({}), {.memory_bytes = std::int64_t{1} << 52});
  REQUIRE(findings.size() == 1);
  CHECK_FALSE(findings[0].fatal);  // Ray takes less by itself
  CHECK(Findings(PlanWith({{"object-store-memory", "80000"}})).empty());
  CHECK(Findings(PlanWith({{"object-store-memory", "9000000000000000"}, {"plasma-directory", "/tmp"}}))
            .empty());
}

TEST_CASE("a temp dir that cannot be used") {
  Plan plan = PlanWith({});
  plan.temp_dir = "/tmp/not-there-yet/ray";
  CHECK(Findings(plan).empty());
  plan.temp_dir = "/tmp/" + std::string(60, 'x');
  auto findings = Findings(plan);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].fatal);
  CHECK(findings[0].error.message.ends_with("too long for the sockets in it"));
  plan.temp_dir = "/proc/version/ray";
  findings = Findings(plan);
  REQUIRE_FALSE(findings.empty());
  CHECK(findings[0].fatal);
  plan.temp_dir_is_guess = true;  // Ray will use the head's, which may be another
  CHECK(Findings(plan).empty());
}

TEST_CASE("an address that is not the pod's") {
  CHECK(Findings(PlanWith({{"node-ip-address", "127.0.0.1"}})).empty());
  CHECK(Findings(PlanWith({{"node-ip-address", "a-name"}})).empty());
  const auto findings = Findings(PlanWith({{"node-ip-address", "203.0.113.7"}}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].fatal);
  CHECK(findings[0].error.message.starts_with(
      "address 203.0.113.7 (node-ip-address) is not this pod's, which are: "));
}
