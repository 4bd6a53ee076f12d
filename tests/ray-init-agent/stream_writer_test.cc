#include "ray-init-agent/stream_writer.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace ray_init_agent {
namespace {

// Its own pipe could not be made, and it went on with writes that a pipe half full lets wait.
TEST_CASE("a stream without a descriptor for its feed does not wait") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  rlimit limit = {};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none = {0, limit.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  {
    StreamWriter writer(ends[1]);
    setrlimit(RLIMIT_NOFILE, &limit);
    const std::string half(40'000, 'x');
    REQUIRE(write(ends[1], half.data(), half.size()) == 40'000);
    const std::string line = std::string(99, 'y') + '\n';
    std::string data;
    while (data.size() < 64u << 10) data += line;
    alarm(20);  // what waits is ended
    std::size_t size = 0;
    while (writer.Write(data, &size) == StreamWriter::Outcome::kWritten) {
      CHECK(size % line.size() == 0);
      data.erase(0, size);
    }
    alarm(0);
    CHECK(data.size() > 30'000);
    CHECK(data.size() < 64u << 10);
  }
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace ray_init_agent
