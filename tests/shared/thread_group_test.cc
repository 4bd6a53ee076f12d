#include "shared/thread_group.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <latch>

using shared::ThreadGroup;

// From a session that crashed once in some thirty bursts of connections (2026-11-21): a thread that ended
// between two looks at it was thrown away without being joined.
TEST_CASE("threads that end while others start are joined") {
  std::atomic<int> runs = 0;
  {
    ThreadGroup threads;
    for (int i = 0; i < 20'000; ++i) {
      threads.JoinEnded();
      REQUIRE(threads.Start([&runs] { ++runs; }).has_value());
    }
  }
  CHECK(runs == 20'000);
}

TEST_CASE("a thread counts until it has ended and was joined") {
  ThreadGroup threads;
  CHECK(threads.size() == 0);
  threads.JoinEnded();
  threads.JoinAll();
  std::latch may_end(1);
  for (int i = 0; i < 3; ++i) REQUIRE(threads.Start([&] { may_end.wait(); }).has_value());
  threads.JoinEnded();
  CHECK(threads.size() == 3);
  may_end.count_down();
  threads.JoinAll();
  CHECK(threads.size() == 0);
}

TEST_CASE("a process that may have no thread more gets an error, and runs nothing") {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit none = {0, 0};  // does not count for root
    if ((geteuid() == 0 && setuid(65534) != 0) || setrlimit(RLIMIT_NPROC, &none) != 0) _exit(2);
    ThreadGroup threads;
    const shared::Status started = threads.Start([] { _exit(3); });
    const bool failed =
        !started && started.error().message == "cannot start a thread: resource temporarily unavailable";
    _exit(failed && threads.size() == 0 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
