#include "ray-init-agent/log_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>

namespace ray_init_agent {
namespace {

// What was written was once kept until all of it was: 30 MiB of memory for 40 MB of lines.
TEST_CASE("a reader that is always a little late costs no memory") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  std::array<char, 64u << 10> read_at_once;
  std::size_t total = 0, largest = 0;
  bool in_order = true;
  {
    LogOutput output(ends[1]);
    char next = 0, expected = 0;
    while (total < 16u << 20) {
      if (!output.wants_write())
        for (int i = 0; i < 2 * LogOutput::kPipeBytes; ++i) *output.buffer() += next++;
      CHECK(output.Write() == LogOutput::State::kFull);
      largest = std::max(largest, output.buffer()->size());
      const ssize_t size = read(ends[0], read_at_once.data(), read_at_once.size());
      REQUIRE(size > 0);
      for (ssize_t i = 0; i < size; ++i) in_order &= read_at_once[static_cast<std::size_t>(i)] == expected++;
      total += static_cast<std::size_t>(size);
    }
  }
  close(ends[0]);
  close(ends[1]);
  CHECK(in_order);
  CHECK(largest < 1u << 20);
}

TEST_CASE("a small pipe is made larger, and a larger one is left alone") {
  for (const int before : {4 << 10, 64 << 10, LogOutput::kPipeBytes, 1 << 20}) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    const int size = fcntl(ends[1], F_SETPIPE_SZ, before);
    REQUIRE(size >= before);
    const LogOutput output(ends[1]);
    CHECK(fcntl(ends[1], F_GETPIPE_SZ) == std::max(size, LogOutput::kPipeBytes));
    close(ends[0]);
    close(ends[1]);
  }
}

TEST_CASE("an output that is no pipe is left alone") {
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  REQUIRE(null >= 0);
  LogOutput output(null);
  *output.buffer() = "a line\n";
  CHECK(output.Write() == LogOutput::State::kReady);
  close(null);
}

}  // namespace
}  // namespace ray_init_agent
