#include "kubectl-ray/session/session_registry.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace kubectl_ray;

namespace {

struct TemporaryDirectory {
  std::string path;
  TemporaryDirectory() {
    std::string form = std::filesystem::temp_directory_path() / "sessions-XXXXXX";
    path = mkdtemp(form.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
};

const SessionRecord kRecord{
    "raycluster/demo", "default", "prod", {"Ray Dashboard: http://localhost:1"}, "", 0};

}  // namespace

TEST_CASE("a session is listed while its process runs, and can be stopped") {
  TemporaryDirectory directory;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGTERM, SIG_DFL);  // the test framework has a handler of its own
    const auto file = SessionFile::Create(directory.path + "/new", kRecord);
    if (write(ready[1], file ? "y" : "n", 1) != 1) _exit(2);
    pause();
    _exit(0);
  }
  char answer = 0;
  REQUIRE(read(ready[0], &answer, 1) == 1);
  REQUIRE(answer == 'y');
  const auto sessions = ListSessions(directory.path + "/new");
  REQUIRE(sessions.has_value());
  REQUIRE(sessions->size() == 1);
  SessionRecord expected = kRecord;
  expected.pid = child;
  CHECK((*sessions)[0] == expected);
  CHECK(StopSession(directory.path + "/new", (*sessions)[0],
                    shared::Deadline::After(std::chrono::seconds(30)), nullptr)
            .has_value());
  waitpid(child, nullptr, 0);
  CHECK(std::filesystem::is_empty(directory.path + "/new"));
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("files without a process, or with rubbish, are no sessions") {
  TemporaryDirectory directory;
  std::ofstream(directory.path + "/1.json") << R"({"target":"raycluster/x"})";
  std::ofstream(directory.path + "/2.json") << "\xff{{{";
  std::ofstream(directory.path + "/note.txt") << "kept";
  const auto sessions = ListSessions(directory.path);
  REQUIRE(sessions.has_value());
  CHECK(sessions->empty());
  CHECK(!std::filesystem::exists(directory.path + "/1.json"));
  CHECK(std::filesystem::exists(directory.path + "/note.txt"));
  CHECK(ListSessions(directory.path + "/missing")->empty());
}

TEST_CASE("a session is meant by its process, its name, or its type and name") {
  const SessionRecord job{"rayjob/demo", "default", "", {}, "", 42};
  for (const char* words : {"42", "demo", "rayjob/demo", "jobs/demo", "RayJobs/demo"}) {
    INFO(words);
    CHECK(IsMeant(job, words));
  }
  for (const char* words : {"4", "dem", "mo", "", "raycluster/demo", "service/demo", "pod/demo", "rayjob/"}) {
    INFO(words);
    CHECK(!IsMeant(job, words));
  }
}
