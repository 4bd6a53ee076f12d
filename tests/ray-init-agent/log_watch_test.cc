#include "ray-init-agent/log_watch.h"

#include <poll.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ray_init_agent {
namespace {

// The kernel keeps 16,384 events by default.
constexpr std::size_t kFiles = 12'000;

// Dozens of writers can make events as fast as they are read: signals and probes would wait as long as they
// do.
TEST_CASE("events are handled some thousand at once") {
  char name[] = "/tmp/log_watch_test.XXXXXX";
  const std::filesystem::path root = mkdtemp(name);
  std::size_t named = 0;
  LogWatchHandler handler;
  handler.on_root = [](const std::string&) {};
  handler.on_named = [&](const std::string&) { ++named; };
  handler.on_written = [](const std::string&) {};
  handler.on_lost = [] {};
  {
    LogWatch watch(root, handler);
    REQUIRE(watch.fd() >= 0);
    watch.Begin();
    const std::string long_name(60, 'x');
    for (std::size_t i = 0; i < kFiles; ++i) std::ofstream(root / (long_name + std::to_string(i)));
    watch.Read();
    CHECK(named > 1000);
    CHECK(named < kFiles / 2);
    pollfd events = {watch.fd(), POLLIN, 0};
    CHECK(poll(&events, 1, 0) == 1);
    for (int rounds = 0; poll(&events, 1, 0) == 1 && rounds < 100; ++rounds) watch.Read();
    CHECK(named == kFiles);
  }
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace ray_init_agent
