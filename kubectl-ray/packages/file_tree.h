// Which files of a local directory go into a package, and why the others do not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

struct PackedFile {
  std::string path;    // in the package: relative, with '/' between segments, UTF-8
  std::string source;  // where it is on this machine
  std::uint64_t size = 0;
  std::uint32_t mode = 0;     // permission bits
  bool is_directory = false;  // only empty directories are packed as such
  // CRC-32 of its first `size` bytes when the package got its name (package.h). Empty before that.
  std::optional<std::uint32_t> crc = std::nullopt;
};

struct LeftOut {
  std::string path;
  std::string rule;       // the pattern
  std::string rule_file;  // its place: "excludes", ".gitignore", "src/.rayignore"; without a rule, why
};

struct DirectorySize {
  std::string path;  // with a trailing '/', or "./"
  std::uint64_t size = 0;
  std::uint64_t files = 0;
};

struct FileTree {
  std::vector<PackedFile> files;  // sorted by path, bytewise
  std::vector<LeftOut> left_out;  // a directory includes all below it
  std::uint64_t total_size = 0;
  // Whether the walk ended before its end, by ScanOptions::package_limit: such a tree is not to be packed.
  bool ended_early = false;
};

// Returns what Ray's own packaging leaves out of a working_dir by default since 2.54. `override_list` is the
// value of the variable that replaces this list: patterns with commas between them, or empty for none.
// Source: get_runtime_env_default_excludes in ray/_private/ray_constants.py (2.60).
inline constexpr const char* kDefaultExcludesVariable = "RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES";
std::vector<std::string> DefaultExcludes(const std::optional<std::string>& override_list);

struct ScanOptions {
  std::vector<std::string> excludes = {};  // runtime_env's, relative to the directory
  bool use_gitignore = true;               // RAY_RUNTIME_ENV_IGNORE_GITIGNORE=1 switches it off, as in Ray
  std::vector<std::string> default_excludes = {};  // patterns before those of `excludes`
  std::string prefix = {};  // put before every path, because a py_module keeps its directory's name
  // Once no zip of the files is below this size (SmallestPackageSize()), or the files have
  // kLargestTreePerLimit times its bytes, the walk ends, after `files_after_limit` files more, so that the
  // largest directories are known. 0: it goes to its end.
  std::uint64_t package_limit = 0;
  std::size_t files_after_limit = 20'000;
  const shared::Interrupt* interrupt = nullptr;  // ends the walk with kInterrupted
};

// A tree is refused by the sum of its files' sizes alone if that is this many times the zip's limit. Of what
// shrinks that far (logs, files of zeros) the user makes the zip.
inline constexpr std::uint64_t kLargestTreePerLimit = 20;

// Returns a size that no zip of the tree is below: its files' headers and names, and contents that shrink as
// far as deflate can.
std::uint64_t SmallestPackageSize(const FileTree& tree);

// Walks `directory`. It follows links, as Ray's own packaging does (whose unpacker writes a link's target
// into a plain file). A link to nothing or to a directory above itself is left out.  A .gitignore or
// .rayignore applies to its directory and below; no rule of one file cancels a rule of another. If a rule
// leaves out everything in a directory, that directory is not read, so it may be unreadable. `directory`
// itself is never matched; in Ray 2.52 it is, so that a pattern such as "*" or ".*" drops everything.
//
// Errors: kUsage, which names a path that is missing, is not a directory, is unreadable, is a device, a
// socket or a pipe, or has a name that is not UTF-8.
shared::Result<FileTree> ScanDirectory(const std::string& directory, const ScanOptions& options);

// Returns at most `count` directories that hold the most, with all that is below them, largest first. If
// nearly all of a directory is in one child, the child is named and not the directory.
std::vector<DirectorySize> LargestDirectories(const FileTree& tree, std::size_t count);

}  // namespace kubectl_ray
