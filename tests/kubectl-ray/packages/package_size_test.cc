#include "kubectl-ray/packages/package_size.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <random>

namespace fs = std::filesystem;
using kubectl_ray::CheckPackageSize;
using kubectl_ray::FileTree;
using kubectl_ray::ScanDirectory;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

class SizeFolder {
 public:
  SizeFolder() {
    std::string pattern = (fs::temp_directory_path() / "package_size_test.XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~SizeFolder() { fs::remove_all(path_); }
  SizeFolder(const SizeFolder&) = delete;
  SizeFolder& operator=(const SizeFolder&) = delete;

  // `random` bytes that do not shrink, and then text that does, far.
  void Write(const std::string& name, std::uint64_t random, std::uint64_t text) const {
    std::mt19937 chance(1);
    std::string bytes(static_cast<std::size_t>(random), '\0');
    for (char& c : bytes) c = static_cast<char>(chance());
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary)
        << bytes << std::string(static_cast<std::size_t>(text), 'x');
  }
  std::string str() const { return path_.string(); }

 private:
  fs::path path_;
};

// Files that are not there, so that a judgement is without their contents.
FileTree Sizes(const std::vector<std::uint64_t>& sizes) {
  FileTree tree;
  for (const std::uint64_t size : sizes) {
    tree.files.push_back({"d/f" + std::to_string(tree.files.size()), "/no/such/file", size, 0644});
    tree.total_size += size;
  }
  return tree;
}

std::string Judged(const FileTree& tree, std::uint64_t limit) {
  const shared::Interrupt interrupt;
  const auto fits = CheckPackageSize(tree, 2, limit, interrupt);
  return fits ? "taken" : fits.error().message;
}

}  // namespace

TEST_CASE("sizes alone refuse what no zip can hold, and what is twenty times the limit") {
  struct Row {
    std::vector<std::uint64_t> sizes;
    std::uint64_t limit;
    const char* judged;  // a part of it
  };
  const std::vector<Row> rows = {
      {{}, kMiB, "taken"},
      {{20 * kMiB - 1}, kMiB, "taken"},
      {{20 * kMiB}, kMiB, "20.0 MiB in 1 files: over 20.0 MiB hardly shrink to the 1.0 MiB that"},
      {{10 * kMiB, 10 * kMiB}, kMiB, "20.0 MiB in 2 files: over 20.0 MiB hardly"},
      {{std::uint64_t{5} << 30}, 100 * kMiB, "5.0 GiB in 1 files: over 2.0 GiB hardly shrink to the 100 MiB"},
      {{0, 0}, 22 + 2 * (76 + 2 * 4) + 1, "taken"},  // names and headers
      {{0, 0}, 22 + 2 * (76 + 2 * 4), "0 B in 2 files: as a zip they are over"},
      {{1032, 0}, 22 + 2 * (76 + 2 * 4) + 1, "as a zip they are over"},  // as small as deflate makes it
      {{1031, 0}, 22 + 2 * (76 + 2 * 4) + 1, "taken"},
  };
  for (const Row& row : rows) {
    INFO(row.judged);
    CHECK(Judged(Sizes(row.sizes), row.limit).find(row.judged) != std::string::npos);
  }
}

TEST_CASE("no zip is smaller or larger than its bounds say") {
  const SizeFolder folder;
  folder.Write("text", 0, 4 * kMiB);
  folder.Write("random", 300'000, 0);
  folder.Write("none", 0, 0);
  const auto tree = ScanDirectory(folder.str(), {});
  const shared::Interrupt interrupt;
  const auto size = kubectl_ray::MeasurePackage(*tree, 2, 1 * kMiB, interrupt);
  REQUIRE(size.has_value());
  REQUIRE(size->has_value());
  CHECK(kubectl_ray::SmallestPackageSize(*tree) <= **size);
  CHECK(kubectl_ray::LargestPackageSize(*tree) >= **size);
}

TEST_CASE("what does not shrink is refused by its largest files; what does shrink is left to the zip") {
  struct Row {
    std::uint64_t random, text;
    bool taken;
  };
  const std::uint64_t limit = 2 * kMiB;
  for (const Row& row :
       {Row{limit + 4096, 0, false}, Row{limit - 4096, 0, true}, Row{limit + 4096, kMiB, false},
        Row{4096, 18 * kMiB, true}, Row{limit - 4096, 18 * kMiB, true}}) {
    INFO(row.random << " " << row.text);
    const SizeFolder folder;
    folder.Write("b/model", row.random, 0);
    folder.Write("a.txt", 0, row.text);
    const auto tree = ScanDirectory(folder.str(), {});
    CHECK((Judged(*tree, limit) == "taken") == row.taken);
  }
}

TEST_CASE("a refusal names the largest directories with their files, and the way out") {
  const shared::Interrupt interrupt;
  const auto large = CheckPackageSize(Sizes({30 * kMiB, 1}), 1, kMiB, interrupt);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == shared::ErrorCode::kUsage);
  CHECK(large.error().hint ==
        "Its largest directories:\n  30.0 MiB  d/  (2 files)\n"
        "Leave out what the job does not need, by .rayignore or the runtime_env's `excludes`, or put the zip "
        "elsewhere and give its URI. If they do shrink that far, zip them yourself: --working-dir FILE.zip.");
}

TEST_CASE("a Ctrl-C ends the walk and the look into the files") {
  const SizeFolder folder;
  folder.Write("a", 8 * 1024, 0);
  shared::Interrupt interrupt;
  interrupt.Raise(2);
  const auto tree = ScanDirectory(folder.str(), {.interrupt = &interrupt});
  REQUIRE_FALSE(tree.has_value());
  CHECK(tree.error().code == shared::ErrorCode::kInterrupted);
  const auto fits = CheckPackageSize(*ScanDirectory(folder.str(), {}), 1, 4 * 1024, interrupt);
  REQUIRE_FALSE(fits);
  CHECK(fits.error().code == shared::ErrorCode::kInterrupted);
}

TEST_CASE("the walk of a tree that is too large ends some files later") {
  const SizeFolder folder;
  for (int i = 0; i < 40; ++i) folder.Write("d" + std::to_string(i / 10) + "/f" + std::to_string(i), 1, 99);
  struct Row {
    std::uint64_t limit;
    std::size_t more, files;
  };
  // A file has 100 bytes, and 76 + 2 * 4 or 5 in a zip.
  for (const Row& row : {Row{0, 3, 40}, Row{1 << 20, 3, 40}, Row{50, 0, 1}, Row{50, 3, 4}, Row{50, 38, 39},
                         Row{50, 100, 40}, Row{22 + 10 * 86, 0, 10}, Row{22 + 10 * 86 + 1, 0, 11}}) {
    INFO(row.limit << " " << row.more);
    const auto tree =
        ScanDirectory(folder.str(), {.package_limit = row.limit, .files_after_limit = row.more});
    CHECK(tree->files.size() == row.files);
    CHECK(tree->ended_early == (row.files < 40));
    if (tree->ended_early) CHECK(Judged(*tree, row.limit).starts_with("cannot send more than "));
  }
}

TEST_CASE("the largest directories, of which one that holds nearly all stands for those above it") {
  FileTree tree;
  const auto add = [&](const char* path, std::uint64_t size) { tree.files.push_back({path, "", size}); };
  CHECK(kubectl_ray::LargestDirectories(tree, 5).empty());
  add("a", 10);
  add("a-b/x", 100);
  add("a/b/c/1", 500);
  add("a/b/c/2", 400);
  add("a/z", 10);
  add("empty/", 0);
  std::string shown;
  for (const auto& directory : kubectl_ray::LargestDirectories(tree, 3))
    shown +=
        directory.path + " " + std::to_string(directory.size) + " " + std::to_string(directory.files) + "\n";
  CHECK(shown == "./ 1020 6\na/b/c/ 900 2\na-b/ 100 1\n");
}
