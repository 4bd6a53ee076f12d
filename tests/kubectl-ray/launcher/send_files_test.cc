#include "kubectl-ray/launcher/send_files.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/tree.h"

using kubectl_ray::LauncherFile;
using kubectl_ray::ReadSource;

namespace {

// The paths that are sent, or the error.
std::string Sent(const std::string& source, const LauncherFile* launcher = nullptr) {
  const auto files = ReadSource(source, launcher);
  if (!files) return files.error().message;
  std::string paths = files->directory ? "directory" : "file";
  for (const auto& file : files->tree.files) paths += " " + file.path;
  return paths;
}

}  // namespace

TEST_CASE("a directory is sent by its name, and with a slash as what is in it") {
  const Tree tree({{"d/a.py", "1"}, {"d/e/b.log", "2"}, {"d/.gitignore", "*.py\n"}});
  const std::string d = tree.path() + "/d";
  CHECK(Sent(d) == "directory d/.gitignore d/a.py d/e/b.log");
  CHECK(Sent(d + "/") == "directory .gitignore a.py e/b.log");
  CHECK(Sent(d + "/.") == "directory .gitignore a.py e/b.log");
  CHECK(Sent(d + "/e/..") == "directory .gitignore a.py e/b.log");
  CHECK(Sent(d + "/a.py") == "file a.py");
  CHECK(Sent(tree.path() + "/no").ends_with("/no\": there is no such file or directory"));
  LauncherFile launcher;
  launcher.rsync_exclude = {"*.log"};
  CHECK(Sent(d, &launcher) == "directory d/.gitignore d/a.py");
  launcher.rsync_filter = {".gitignore"};
  CHECK(Sent(d + "/", &launcher) == "directory .gitignore");
}

TEST_CASE("the pod is asked for exactly the bytes of the archive") {
  const auto command = kubectl_ray::ReceiveCommand(false, "~/x y", 2048);
  REQUIRE(command.size() == 8);
  CHECK(command[0] == "sh");
  CHECK(command[5] == "file");
  CHECK(command[6] == "~/x y");  // no shell reads it
  CHECK(command[7] == "2048");
  CHECK(kubectl_ray::ReceiveCommand(true, "", 0)[5] == "directory");
}
