#include "kubectl-ray/packages/package.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "kubectl-ray/packages/package_size.h"
#include "kubectl-ray/packages/package_stream.h"

namespace fs = std::filesystem;
using kubectl_ray::FileTree;
using kubectl_ray::PackageStream;
using kubectl_ray::ScanDirectory;

namespace {

// A directory that is removed at the end of the test.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "package_test.XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void Write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  std::string str() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string RandomBytes(std::size_t size) {
  std::mt19937 random(1);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

std::string Pack(const FileTree& tree, int threads, std::size_t step) {
  PackageStream stream(&tree, threads);
  std::string zip, buffer(step, '\0');
  for (std::ptrdiff_t n; (n = stream.Read(buffer.data(), buffer.size())) != 0;) {
    if (n < 0) return "error: " + stream.error().message;
    zip.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return zip;
}

std::vector<std::string> Paths(const FileTree& tree) {
  std::vector<std::string> paths;
  for (const auto& file : tree.files) paths.push_back(file.path);
  return paths;
}

std::string Name(FileTree tree) {
  const shared::Interrupt interrupt;
  return kubectl_ray::NameOfTree(&tree, 2, interrupt).value();
}

// Runs Python's zipfile, which Ray unpacks with. Returns 0 if every entry is intact.
int TestZip(const Scratch& scratch, const std::string& zip) {
  scratch.Write("p.zip", zip);
  return std::system(
      ("/usr/bin/python3 -m zipfile -t " + (scratch / "p.zip").string() + " >/dev/null").c_str());
}

}  // namespace

TEST_CASE("a zip is the same whatever the threads and the reader's steps") {
  const Scratch scratch, out;
  scratch.Write("empty", "");
  scratch.Write("small.txt", "hello\n");
  scratch.Write("random", RandomBytes(700'001));
  scratch.Write("sub/large", std::string(3'000'000, 'a') + RandomBytes(300'000));
  fs::create_directories(scratch / "sub/nothing");
  const auto tree = ScanDirectory(scratch.str(), {});
  REQUIRE(tree.has_value());
  CHECK(Paths(*tree) ==
        std::vector<std::string>{"empty", "random", "small.txt", "sub/large", "sub/nothing/"});
  const std::string zip = Pack(*tree, 1, 1 << 16);
  CHECK(Pack(*tree, 4, 7) == zip);
  CHECK(Pack(*tree, 2, 1 << 20) == zip);
  CHECK(zip.size() <= kubectl_ray::LargestPackageSize(*tree));
  CHECK(TestZip(out, zip) == 0);
}

TEST_CASE("an entry larger than what is kept in memory is intact") {
  const Scratch scratch, out;
  scratch.Write("a", RandomBytes(5'000'000));
  scratch.Write("b", RandomBytes(2'500'000));
  const auto tree = ScanDirectory(scratch.str(), {});
  REQUIRE(tree.has_value());
  CHECK(TestZip(out, Pack(*tree, 2, 1 << 16)) == 0);
}

TEST_CASE("an empty directory is an empty zip") {
  const Scratch scratch, out;
  const auto tree = ScanDirectory(scratch.str(), {});
  REQUIRE(tree.has_value());
  const std::string zip = Pack(*tree, 2, 64);
  CHECK(zip.starts_with("PK\5\6"));
  CHECK(TestZip(out, zip) == 0);
}

TEST_CASE("a name tells contents, paths and modes, not times and places") {
  const Scratch one, two;
  for (const Scratch* scratch : {&one, &two}) scratch->Write("d/a", "1");
  fs::last_write_time(two / "d/a", fs::file_time_type::clock::now() - std::chrono::hours(50));
  const auto name = [](const Scratch& scratch) { return Name(ScanDirectory(scratch.str(), {}).value()); };
  const std::string same = name(one);
  CHECK(same == name(two));
  CHECK(same.starts_with("_ray_pkg_"));
  CHECK(same.ends_with(".zip"));
  two.Write("d/a", "2");
  CHECK(name(two) != same);
  two.Write("d/a", "1");
  chmod((two / "d/a").c_str(), 0755);
  CHECK(name(two) != same);
  fs::rename(one / "d/a", one / "d/b");
  CHECK(name(one) != same);
}

TEST_CASE("rules of nested files leave out what Ray leaves out") {
  const Scratch scratch;
  for (const char* path :
       {"a.py", "a.log", "keep.log", "sub/b.log", "sub/b.py", "sub/deep/c.py", "venv/x", "data/1"})
    scratch.Write(path, "x");
  scratch.Write(".gitignore", "*.log\n!keep.log\nvenv/\n");
  scratch.Write(".rayignore", "data\n");
  scratch.Write("sub/.gitignore", "/deep\n");
  const auto tree = ScanDirectory(scratch.str(), {.excludes = {"sub/b.py"}});
  REQUIRE(tree.has_value());
  CHECK(Paths(*tree) ==
        std::vector<std::string>{".gitignore", ".rayignore", "a.py", "keep.log", "sub/.gitignore"});
  const auto without = ScanDirectory(scratch.str(), {.use_gitignore = false});
  CHECK(without->files.size() == 10);
}

TEST_CASE("links are followed, and those that lead nowhere or in circles are left out") {
  const Scratch scratch;
  scratch.Write("real/a", "x");
  fs::create_symlink("real", scratch / "linked");
  fs::create_symlink("real/a", scratch / "file");
  fs::create_symlink("nowhere", scratch / "dangling");
  fs::create_symlink("..", scratch / "real/loop");
  const auto tree = ScanDirectory(scratch.str(), {});
  REQUIRE(tree.has_value());
  CHECK(Paths(*tree) == std::vector<std::string>{"file", "linked/a", "real/a"});
  CHECK(tree->left_out.size() == 3);
}

TEST_CASE("what cannot be packed is named") {
  const Scratch scratch;
  const auto refuse = [&](const std::string& directory) {
    const auto tree = ScanDirectory(directory, {});
    REQUIRE_FALSE(tree.has_value());
    CHECK(tree.error().code == shared::ErrorCode::kUsage);
    return tree.error().message;
  };
  CHECK(refuse(scratch.str() + "/no").find("no such file") != std::string::npos);
  scratch.Write("plain", "x");
  CHECK(refuse(scratch.str() + "/plain").find("not a directory") != std::string::npos);
  REQUIRE(mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  CHECK(refuse(scratch.str()).find("/pipe\": it is a named pipe") != std::string::npos);
  fs::remove(scratch / "pipe");
  scratch.Write("bad\xff", "x");
  CHECK(refuse(scratch.str()).find("not UTF-8") != std::string::npos);
}

TEST_CASE("a file that is written to while it is packed is packed as it was named, or is an error") {
  const Scratch scratch, out;
  const shared::Interrupt interrupt;
  const std::string long_text(300'000, 'l');  // more than one block
  for (const std::string& was : {std::string(), std::string("12345"), long_text}) {
    INFO(was.size() << " bytes");
    scratch.Write("a", was);
    auto tree = ScanDirectory(scratch.str(), {});
    REQUIRE(tree.has_value());
    const std::string name = kubectl_ray::NameOfTree(&*tree, 1, interrupt).value();
    const std::string zip = Pack(*tree, 1, 100);
    CHECK(TestZip(out, zip) == 0);
    // A log that grows: the bytes that were hashed, and nothing that came later.
    scratch.Write("a", was + "6");
    CHECK(Pack(*tree, 2, 1 << 16) == zip);
    auto again = *tree;
    CHECK(kubectl_ray::NameOfTree(&again, 1, interrupt).value() == name);
    if (was.empty()) continue;
    scratch.Write("a", was.substr(1));
    CHECK(Pack(*tree, 1, 100).find("it was shortened meanwhile") != std::string::npos);
    scratch.Write("a", "x" + was.substr(1));
    CHECK(Pack(*tree, 1, 100).find("it was rewritten meanwhile") != std::string::npos);
    fs::remove(scratch / "a");
    CHECK(Pack(*tree, 1, 100).starts_with("error: cannot pack"));
  }
}

TEST_CASE("files that have grown are named, and those that have not are not") {
  const Scratch scratch;
  scratch.Write("grown.log", "1");
  scratch.Write("still", "1");
  auto tree = ScanDirectory(scratch.str(), {});
  scratch.Write("grown.log", "12");
  PackageStream stream(&*tree, 1);
  std::string buffer(1 << 16, '\0');
  while (stream.Read(buffer.data(), buffer.size()) > 0) continue;
  CHECK(stream.grown() == std::vector<std::string>{scratch.str() + "/grown.log"});
}

TEST_CASE("a name is of what was read, also where a file is shorter by then") {
  const Scratch scratch, out;
  const shared::Interrupt interrupt;
  scratch.Write("a", "12345");
  scratch.Write("b", "12345");
  auto tree = ScanDirectory(scratch.str(), {});
  scratch.Write("a", "123");      // truncated, as by a log that is rotated
  scratch.Write("b", "1234567");  // appended to
  const auto name = kubectl_ray::NameOfTree(&*tree, 2, interrupt);
  REQUIRE(name.has_value());
  CHECK(tree->files[0].size == 3);
  CHECK(tree->files[1].size == 5);
  CHECK(tree->total_size == 8);
  CHECK(TestZip(out, Pack(*tree, 1, 100)) == 0);
  scratch.Write("b", "12345");
  CHECK(Name(ScanDirectory(scratch.str(), {}).value()) == *name);
}

TEST_CASE("a directory of which a rule leaves out everything is not looked into") {
  const Scratch scratch;
  for (const char* path : {"data/1", "data/2", "keep/data.txt", "other/x", "other/y", "half/a", "half/keep"})
    scratch.Write(path, "x");
  scratch.Write(".gitignore", "half/*\n!half/keep\ndata/\n/other/**\n");
  const auto tree = ScanDirectory(scratch.str(), {});
  REQUIRE(tree.has_value());
  CHECK(Paths(*tree) == std::vector<std::string>{".gitignore", "half/keep", "keep/data.txt"});
  std::vector<std::string> left_out;
  for (const auto& one : tree->left_out) left_out.push_back(one.path + " by " + one.rule);
  CHECK(left_out == std::vector<std::string>{"data by data/", "half/a by half/*", "other by /other/**"});
}

TEST_CASE("what Ray leaves out of a working_dir of itself") {
  // get_runtime_env_default_excludes of ray/_private/ray_constants.py (2.60)
  using kubectl_ray::DefaultExcludes;
  using List = std::vector<std::string>;
  CHECK(DefaultExcludes(std::nullopt) == List{".git", ".venv", "venv", "__pycache__"});
  CHECK(DefaultExcludes("").empty());
  CHECK(DefaultExcludes(" , ,").empty());
  CHECK(DefaultExcludes(" .hg, node_modules ,") == List{".hg", "node_modules"});

  const Scratch scratch;
  for (const char* path : {".git/config", "a.py", "sub/__pycache__/a.pyc", "sub/.git", ".venv/x", "venv/x"})
    scratch.Write(path, "x");
  const auto defaults = DefaultExcludes(std::nullopt);
  const auto tree = ScanDirectory(scratch.str(), {.excludes = {"venv"}, .default_excludes = defaults});
  REQUIRE(tree.has_value());
  CHECK(Paths(*tree) == List{"a.py"});
  List rules;
  for (const auto& one : tree->left_out) rules.push_back(one.path + " by " + one.rule_file);
  const std::string by = " by Ray's defaults, which $RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES replaces";
  CHECK(rules ==
        List{".git" + by, ".venv" + by, "sub/.git" + by, "sub/__pycache__" + by, "venv by excludes"});
  // Defaults and the user's patterns are one list: a later pattern includes again what a default leaves out.
  const auto back =
      ScanDirectory(scratch.str(), {.excludes = {"!.venv/", "!.venv"}, .default_excludes = defaults});
  CHECK(Paths(*back) == List{".venv/x", "a.py"});
}

TEST_CASE("archives are named by their contents and with the ending by which Ray unpacks them") {
  // get_uri_for_package of ray/_private/runtime_env/packaging.py (2.60)
  const Scratch scratch;
  const auto ending = [&](const std::string& file) {
    scratch.Write(file, "the same bytes");
    const std::string name = kubectl_ray::NameOfArchive((scratch / file).string()).value();
    CHECK(name.starts_with("_ray_pkg_"));
    return name.substr(name.find('.'));
  };
  CHECK(ending("a.zip") == ".zip");
  CHECK(ending("a.tar.gz") == ".tar.gz");
  CHECK(ending("a.tgz") == ".tar.gz");
  CHECK(ending("a.tar.xz") == ".tar.xz");
  for (const char* path : {"a.tar", "a.tar.bz2", "a.whl", "zip", "a.zip/", "a.ZIP", ""})
    CHECK(kubectl_ray::ArchiveEnding(path).empty());
}

TEST_CASE("what is over the limit is refused before anything is sent, with its largest directories") {
  const Scratch scratch;
  scratch.Write("data/model/weights", RandomBytes(300'000));
  scratch.Write("a.py", "x");
  const auto tree = ScanDirectory(scratch.str(), {});
  const shared::Interrupt interrupt;
  const auto size = kubectl_ray::MeasurePackage(*tree, 2, 200'000, interrupt);
  REQUIRE_FALSE(size.has_value());
  CHECK(size.error().hint.find("data/model/") != std::string::npos);
  const auto fits = kubectl_ray::MeasurePackage(*tree, 2, 300'400, interrupt);
  REQUIRE(fits.has_value());
  CHECK(*fits == Pack(*tree, 1, 1000).size());
  const auto far = kubectl_ray::MeasurePackage(*tree, 2, 1 << 20, interrupt);
  CHECK_FALSE(far->has_value());
}
