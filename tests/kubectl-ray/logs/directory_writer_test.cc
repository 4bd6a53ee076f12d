#include "kubectl-ray/logs/directory_writer.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using kubectl_ray::DirectoryWriter;
using kubectl_ray::SafePathParts;

namespace {

struct TemporaryDirectory {
  std::string path;
  TemporaryDirectory() {
    std::string form = std::filesystem::temp_directory_path() / "writer-XXXXXX";
    path = mkdtemp(form.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
};

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("names from elsewhere") {
  using Parts = std::vector<std::string>;
  CHECK(SafePathParts("a") == Parts{"a"});
  CHECK(SafePathParts("./a//b/./c") == Parts{"a", "b", "c"});
  CHECK(SafePathParts("..a/b..") == Parts{"..a", "b.."});
  CHECK(SafePathParts("e\x1b[31m\n") == Parts{"e\\x1b[31m\n"});
  for (const std::string& name :
       {std::string(), std::string("."), std::string("/"), std::string("/etc/passwd"), std::string("../x"),
        std::string("a/../../x"), std::string("a/.."), std::string("a\0b", 3)}) {
    INFO(name);
    CHECK(SafePathParts(name).empty());
  }
}

TEST_CASE("names from elsewhere, for Windows") {
  using Parts = std::vector<std::string>;
  struct Row {
    std::string name;
    Parts parts;
  };
  for (const Row& row : {
           Row{"old/raylet.1.out", {"old", "raylet.1.out"}},
           Row{"./a//b", {"a", "b"}},
           Row{"gr\u00fcn.log", {"gr\u00fcn.log"}},
           // Separators, and names of a drive, another host or a stream of another file.
           Row{"..\\..\\x", {"..%5C..%5Cx"}},
           Row{"a/..\\x", {"a", "..%5Cx"}},
           Row{"\\\\host\\share\\x", {"%5C%5Chost%5Cshare%5Cx"}},
           Row{"C:x", {"C%3Ax"}},
           Row{"C:/x", {"C%3A", "x"}},
           Row{"C:\\x", {"C%3A%5Cx"}},
           Row{"a:b", {"a%3Ab"}},
           Row{"a::$DATA", {"a%3A%3A$DATA"}},
           Row{"<a>|\"b\"?*", {"%3Ca%3E%7C%22b%22%3F%2A"}},
           // Characters that Windows drops at the end.
           Row{"a.", {"a%2E"}},
           Row{"a ", {"a%20"}},
           Row{"...", {"..%2E"}},
           Row{".. /x", {"..%20", "x"}},
           Row{"a./b", {"a%2E", "b"}},
           // Devices, which exist in every folder.
           Row{"CON", {"%43ON"}},
           Row{"a/nul.txt", {"a", "%6Eul.txt"}},
           Row{"Aux .log", {"%41ux .log"}},
           Row{"prn:", {"prn%3A"}},
           Row{"COM1", {"%43OM1"}},
           Row{"lpt9.tar.gz", {"%6Cpt9.tar.gz"}},
           Row{"COM\u00b2", {"%43OM\u00b2"}},
           Row{"CONIN$", {"%43ONIN$"}},
           Row{"CON1", {"CON1"}},
           Row{"COM10", {"COM10"}},
           Row{"CONSOLE", {"CONSOLE"}},
           Row{"com", {"com"}},
           // Control characters, and characters that Windows cannot write.
           Row{"e\x1b[31m", {"e%5Cx1b[31m"}},
           Row{"a\nb", {"a%0Ab"}},
           Row{"..", {}},
           Row{"a/../../x", {}},
           Row{"/etc/passwd", {}},
       }) {
    INFO(row.name);
    CHECK(SafePathParts(row.name, kubectl_ray::FileNames::kWindows) == row.parts);
  }
  CHECK(SafePathParts("..\\x:y.", kubectl_ray::FileNames::kPosix) == Parts{"..\\x:y."});
}

TEST_CASE("files and directories are made below the root") {
  TemporaryDirectory directory;
  auto writer = DirectoryWriter::Open(directory.path + "/new/root");
  REQUIRE(writer.has_value());
  REQUIRE(writer->BeginFile("x/y/z.log").has_value());
  REQUIRE(writer->Write("one").has_value());
  REQUIRE(writer->EndFile().has_value());
  CHECK(Content(directory.path + "/new/root/x/y/z.log") == "one");
  CHECK(writer->MakeDirectory("x/empty").has_value());
  CHECK(std::filesystem::is_directory(directory.path + "/new/root/x/empty"));
  REQUIRE(writer->BeginFile("x/y/z.log").has_value());
  REQUIRE(writer->EndFile().has_value());
  CHECK(Content(directory.path + "/new/root/x/y/z.log").empty());
}

TEST_CASE("nothing leaves the root, not even by links that are there already") {
  TemporaryDirectory directory;
  auto writer = DirectoryWriter::Open(directory.path + "/root");
  REQUIRE(writer.has_value());
  std::filesystem::create_directory(directory.path + "/outside");
  std::filesystem::create_symlink("../outside", directory.path + "/root/link");
  std::ofstream(directory.path + "/outside/file") << "kept";
  std::filesystem::create_symlink("../outside/file", directory.path + "/root/file");
  for (const char* name : {"link/new", "file", "../new", "/new", ".."}) {
    INFO(name);
    CHECK(!writer->BeginFile(name).has_value());
  }
  CHECK(!writer->MakeDirectory("link/deeper").has_value());
  CHECK(Content(directory.path + "/outside/file") == "kept");
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path + "/outside"), {}) == 1);
}

TEST_CASE("a root that cannot be is a usage error") {
  const auto writer = DirectoryWriter::Open("/dev/null/x");
  REQUIRE(!writer.has_value());
  CHECK(writer.error().code == shared::ErrorCode::kUsage);
}

TEST_CASE("which links stay within the directory") {
  using kubectl_ray::IsLinkWithin;
  struct Row {
    const char* name;
    const char* target;
    bool within;
  };
  for (const Row& row :
       {Row{"l", "a", true}, Row{"l", "./a//b/.", true}, Row{"d/l", "../a", true},
        Row{"d/e/l", "../../a", true}, Row{"./d//l", "..", true}, Row{"l", "..a", true},
        Row{"l", "..", false}, Row{"l", "../a", false}, Row{"d/l", "../../a", false},
        Row{"d/l", "./../../a", false}, Row{"d/l", "a/..", false}, Row{"l", "/", false}, Row{"l", "", false},
        Row{"", "a", false}, Row{"../l", "a", false}, Row{"/l", "a", false}}) {
    INFO(row.name << " -> " << row.target);
    CHECK(IsLinkWithin(row.name, row.target) == row.within);
  }
}

TEST_CASE("a replacement appears when it is whole, with its mode") {
  const TemporaryDirectory directory;
  const std::string path = directory.path + "/d/a";
  {
    auto writer = DirectoryWriter::Open(directory.path);
    REQUIRE(writer);
    REQUIRE(writer->BeginReplacement("d/a", 0640));
    REQUIRE(writer->Write("one"));
    CHECK(!std::filesystem::exists(path));
    REQUIRE(writer->EndFile());
    CHECK(Content(path) == "one");
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0640));
    REQUIRE(writer->BeginReplacement("d/a", 0600));
    REQUIRE(writer->Write("tw"));
  }
  CHECK(Content(path) == "one");
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path + "/d"), {}) == 1);
  auto writer = DirectoryWriter::Open(directory.path);
  REQUIRE(writer);
  CHECK(!writer->BeginReplacement("../a", 0600));
  REQUIRE(writer->BeginReplacement("d", 0600));
  CHECK(!writer->EndFile());  // a directory is in its place
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path), {}) == 1);
}
