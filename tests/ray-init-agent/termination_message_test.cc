#include "ray-init-agent/termination_message.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "shared/text.h"
#include "tests/support/tree.h"

namespace ray_init_agent {
namespace {

TEST_CASE("a termination message holds all there is, in order") {
  Termination termination;
  termination.summary = "\"ray\" died of signal 9 (SIGKILL)";
  termination.hint = "Give it more memory.";
  termination.memory = {.limit_bytes = 512u << 20, .peak_bytes = 511u << 20, .oom_kills = 2};
  termination.fatal = {{"raylet.out", {"F one", "F two"}}};
  termination.last = LogExcerpt{"raylet.out", {"a\x1b[31m", "b\xff"}};
  CHECK(FormatTerminationMessage(termination) ==
        "\"ray\" died of signal 9 (SIGKILL)\nGive it more memory.\n"
        "out of memory: the kernel killed 2 processes; peak 511 MiB; limit 512 MiB\n"
        "fatal in raylet.out:\n  F one\n  F two\n"
        "last lines of raylet.out:\n  a\\x1b[31m\n  b\\xff\n");
  CHECK(FormatTerminationMessage({"gone", "", {}, {}, {}}) == "gone\n");
}

TEST_CASE("a termination message is never over 4096 bytes, and UTF-8") {
  for (const char* unit : {"x", "\xc3\xa4", "\xf0\x9f\x98\x80", "\xff", "\x1b"}) {
    for (std::size_t count : {0u, 1u, 99u, 300u, 1023u, 1024u, 5000u}) {
      std::string text;
      for (std::size_t i = 0; i < count; ++i) text += unit;
      Termination termination;
      termination.summary = termination.hint = text;
      termination.memory = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
      termination.fatal = {{text, {text, text, text, text}}, {"b", {text, text, text, text}}};
      termination.last = LogExcerpt{text, std::vector<std::string>(100, text)};
      const std::string message = FormatTerminationMessage(termination);
      CHECK(message.size() <= kMaxTerminationMessageBytes);
      CHECK(shared::IsUtf8(message));
      CHECK(message.ends_with('\n'));
    }
  }
}

TEST_CASE("the newest of the last lines are the ones that stay") {
  Termination termination;
  termination.summary = "gone";
  LogExcerpt& last = termination.last.emplace();
  for (int i = 0; i < 1000; ++i) last.lines.push_back("line " + std::to_string(i));
  const std::string message = FormatTerminationMessage(termination);
  CHECK(message.ends_with("  line 998\n  line 999\n"));
  CHECK(message.find("line 10\n") == std::string::npos);
}

TEST_CASE("fatal lines of raylet and GCS, and the last lines beside them") {
  struct Row {
    const char* name;
    const char* raylet;
    std::vector<std::string> fatal;
  };
  const Row rows[] = {
      {"none", "[2026-11-21 03:00:00,123 I 1 2] fine\n", {}},
      {"level F", "[2026-11-21 03:00:00,123 F 1 2] bad\nI after\n", {"[2026-11-21 03:00:00,123 F 1 2] bad"}},
      {"level C", "[2026-11-21 03:00:00,123 C 1 2] bad", {"[2026-11-21 03:00:00,123 C 1 2] bad"}},
      {"check", "x.cc:1:  Check failed: a == b\n", {"x.cc:1:  Check failed: a == b"}},
      {"traceback",
       "Traceback (most recent call last):\n  File\n    x\nValueError: no\nnext\n",
       {"ValueError: no"}},
      {"a traceback that is cut", "Traceback (most recent call last):\n  File\n", {}},
      {"signal",
       "[2026-11-21 09:40:40,614 E 1 2] (raylet) logging.cc:474: *** SIGSEGV received at time=1 on cpu 0 "
       "***\n"
       "[2026-11-21 09:40:40,614 E 1 2] (raylet) logging.cc:474:     @     0x7fc8  (unknown)  main\n",
       {"[2026-11-21 09:40:40,614 E 1 2] (raylet) logging.cc:474: *** SIGSEGV received at time=1 on cpu 0 "
        "***"}},
      {"the same beginning of every cause",
       "[2026-11-21 03:00:00,123 C 1 2] a.cc:1:  An unexpected system state has occurred. You have likely "
       "discovered a bug in Ray. Check failed: a\n",
       {"[2026-11-21 03:00:00,123 C 1 2] a.cc:1:  Check failed: a"}},
      {"too many",
       "Check failed 1\nCheck failed 2\nCheck failed 3\nCheck failed 4\nCheck failed 5\n",
       {"Check failed 2", "Check failed 3", "Check failed 4", "Check failed 5"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Tree logs;
    logs.Write("raylet.out", row.raylet);
    Termination termination;
    ReadFatalLogs(logs.path(), {}, &termination);
    REQUIRE(termination.last);
    CHECK(termination.last->file == "raylet.out");
    std::vector<LogExcerpt> expected;
    if (!row.fatal.empty()) expected = {{"raylet.out", row.fatal}};
    CHECK(termination.fatal == expected);
  }
}

TEST_CASE("the log with the fatal line matters most, and what is no file is left out") {
  Tree logs;
  logs.Write("gcs_server.out", "Check failed: gcs\n");
  logs.Write("raylet.out", "later\n");
  logs.Write("raylet.err/folder", "");
  Termination termination;
  ReadFatalLogs(logs.path(), {}, &termination);
  CHECK(termination.last == LogExcerpt{"gcs_server.out", {"Check failed: gcs"}});
  Termination nothing;
  ReadFatalLogs(logs.path() + "/none", {}, &nothing);
  CHECK((nothing.fatal.empty() && !nothing.last));
}

// A raylet that crashed was once not named at all: the message had the last lines of the GCS, and of the
// raylet's own log nothing but stack frames.
TEST_CASE("the process that ended is named, and its log is the one that matters") {
  Tree logs;
  logs.Write("ray_process_exit.log",
             "2026-11-21 09:43:02,753\tERROR scripts.py:1199 -- Some Ray subprocesses exited unexpectedly:\n"
             "  raylet [exit code=-11 (signal 11)]\n");
  const std::string crash =
      "*** SIGSEGV received at time=1 on cpu 0 ***\nPC: @     0x7fc8  (unknown)  epoll_wait\n    @     "
      "0x55a1        128  main\n";
  const std::string line =
      "[2026-11-21 09:40:40,614 E 1 2] (raylet) logging.cc:474: *** SIGSEGV received at time=1 on cpu 0 ***";
  logs.Write("raylet.out", "[state-dump] Event stats:\nabout to crash\n" + line + "\n");
  logs.Write("raylet.err", crash + line + "\n");
  logs.Write("gcs_server.out", "Check failed: node is gone\nlast\n");
  Termination termination;
  ReadFatalLogs(logs.path(), {}, &termination);
  CHECK(termination.fatal ==
        std::vector<LogExcerpt>{{"ray_process_exit.log", {"raylet [exit code=-11 (signal 11)]"}},
                                {"raylet.out", {line}},
                                {"gcs_server.out", {"Check failed: node is gone"}}});
  CHECK(termination.last == LogExcerpt{"raylet.out", {"about to crash", line}});
}

// What `ray start --block` of Ray 2.9.3 and 2.40 prints, which have no ray_process_exit.log.
TEST_CASE("the process that ended is named by the output before Ray 2.52") {
  Tree logs;
  logs.Write("raylet.out", "killed\n");
  logs.Write("gcs_server.out", "Check failed: node is gone\n");
  const std::vector<std::string> output = {"Some Ray subprocesses exited unexpectedly:",
                                           "  raylet [exit code=-9]", "Remaining processes will be killed."};
  Termination termination;
  ReadFatalLogs(logs.path(), output, &termination);
  CHECK(termination.fatal == std::vector<LogExcerpt>{{"its output", {"raylet [exit code=-9]"}},
                                                     {"gcs_server.out", {"Check failed: node is gone"}}});
  CHECK(termination.last == LogExcerpt{"raylet.out", {"killed"}});
  logs.Write("ray_process_exit.log", "  gcs_server [exit code=1]\n");
  Termination newer;
  ReadFatalLogs(logs.path(), output, &newer);
  CHECK(newer.fatal.front() == LogExcerpt{"ray_process_exit.log", {"gcs_server [exit code=1]"}});
}

TEST_CASE("the output counts where no log has anything") {
  Tree logs;
  Termination termination;
  ReadFatalLogs(logs.path(), {"Usage: ray start", "Error: No such option: --x"}, &termination);
  CHECK(termination.fatal.empty());
  CHECK(termination.last == LogExcerpt{"its output", {"Usage: ray start", "Error: No such option: --x"}});
}

TEST_CASE("any process may be the one that ended, and its name is not a path") {
  Tree logs;
  logs.Write("ray_process_exit.log", "  ../secret [exit code=1]\n  log_monitor [exit code=1]\n");
  logs.Write("../secret.log", "hidden\n");
  logs.Write("log_monitor.log", "no disk\n");
  logs.Write("raylet.out", "Check failed: later\n");
  Termination termination;
  ReadFatalLogs(logs.path(), {}, &termination);
  CHECK(termination.last == LogExcerpt{"log_monitor.log", {"no disk"}});
}

TEST_CASE("only the end of a huge log is read") {
  Tree logs;
  logs.Write("raylet.out", "Check failed: long ago\n" + std::string(1u << 20, 'x') + "\nlast\n");
  Termination termination;
  ReadFatalLogs(logs.path(), {}, &termination);
  CHECK(termination.fatal.empty());
  CHECK(termination.last->lines.back() == "last");
}

TEST_CASE("the cgroup's memory") {
  Tree v2, v1, none;
  v2.Write("memory.events", "low 0\nhigh 3\nmax 4\noom 2\noom_kill 1\noom_group_kill 0\n");
  v2.Write("memory.max", "max\n");
  v2.Write("memory.peak", "1000\n");
  CHECK(ReadCgroupMemory({v2.path(), "", ""}) == CgroupMemory{std::nullopt, 1000, 1});
  v2.Write("memory.max", "2000\n");
  CHECK(ReadCgroupMemory({v2.path(), "", ""}) == CgroupMemory{2000, 1000, 1});
  v1.Write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
  v1.Write("memory.limit_in_bytes", "9223372036854771712\n");
  v1.Write("memory.max_usage_in_bytes", "5\n");
  CHECK(ReadCgroupMemory({none.path(), "", v1.path()}) == CgroupMemory{std::nullopt, 5, 3});
  CHECK(ReadCgroupMemory({}) == CgroupMemory{});
}

}  // namespace
}  // namespace ray_init_agent
