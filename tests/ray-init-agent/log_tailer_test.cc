#include "ray-init-agent/log_tailer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>

namespace ray_init_agent {
namespace {

// Where TMPDIR, or the head's temp-dir, puts the log files somewhere else, there was not one word about it.
TEST_CASE("a logs directory that does not appear is named") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  std::string said;
  {
    auto loop = EventLoop::Create();
    REQUIRE(loop);
    LogTailerOptions options;
    options.logs_dir = "/proc/not-there/logs";
    options.missing_after = std::chrono::milliseconds(10);
    options.output_fd = ends[1];
    LogTailer tailer(loop->get(), options);
    tailer.Start();
    REQUIRE((*loop)->AddFd(ends[0], 1, [&](std::uint32_t) {
      std::array<char, 4096> bytes;
      const ssize_t size = read(ends[0], bytes.data(), bytes.size());
      if (size > 0) said.append(bytes.data(), static_cast<std::size_t>(size));
      if (said.ends_with('\n')) (*loop)->Stop();
    }));
    (*loop)->Run();
  }
  close(ends[0]);
  close(ends[1]);
  CHECK(said ==
        "[ray-init-agent] WARNING no log files: \"/proc/not-there/logs\" is not there after 10ms; where the "
        "log "
        "files are "
        "somewhere else, RAY_INIT_AGENT_LOGS_DIR names that\n");
}

}  // namespace
}  // namespace ray_init_agent
