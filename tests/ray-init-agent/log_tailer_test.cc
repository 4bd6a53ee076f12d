#include "ray-init-agent/log_tailer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

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

TEST_CASE("lines and bytes are counted as they are copied") {
  char name[] = "/tmp/log_tailer_test.XXXXXX";
  const std::filesystem::path top = mkdtemp(name);
  std::filesystem::create_directory(top / "logs");
  std::ofstream(top / "logs/raylet.out") << "one\ntwo\n" << std::string(5u << 19, 'x') << "\nlast";
  std::ofstream(top / "logs/empty.out");
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(write(ends[1], "up\n\nend", 7) == 7);
  close(ends[1]);
  const int out = open((top / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(out >= 0);
  LogTailerOptions options;
  options.logs_dir = top / "logs";
  options.output_fd = out;
  {
    auto loop = EventLoop::Create();
    REQUIRE(loop);
    LogTailer tailer(loop->get(), options);
    REQUIRE(tailer.AddPipe(ends[0], "ray_start"));
    tailer.Start();
    tailer.Say("INFO", "the agent's own lines do not count");
    tailer.Finish(shared::Deadline::After(std::chrono::seconds(30)));
  }
  close(out);
  const Counters::Logs& counted = options.counters->logs;
  CHECK(counted.file_lines.value() == 6);  // the long one is three
  CHECK(counted.child_lines.value() == 3);
  CHECK(counted.pieces.value() == 2);
  CHECK(counted.written_bytes.value() == std::filesystem::file_size(top / "out"));
  CHECK(counted.waiting_bytes.value() == 0);
  CHECK(counted.dropped_lines.value() == 0);
  CHECK(counted.files.value() == 2);
  std::filesystem::remove_all(top);
}

}  // namespace
}  // namespace ray_init_agent
