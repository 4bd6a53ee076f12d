// What of a local directory goes into a package, and why the rest does not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

struct PackedFile {
  std::string path;    // in the package: relative, '/' between segments, UTF-8
  std::string source;  // where it is on this machine
  std::uint64_t size = 0;
  std::uint32_t mode = 0;     // permission bits
  bool is_directory = false;  // only directories that are empty are packed as such
  // CRC-32 of its first `size` bytes when the package got its name (package.h); nothing before that.
  std::optional<std::uint32_t> crc = std::nullopt;
};

struct LeftOut {
  std::string path;
  std::string rule;       // the pattern
  std::string rule_file;  // where it stands: "excludes", ".gitignore", "src/.rayignore"; or why, with no rule
};

struct DirectorySize {
  std::string path;  // with a trailing '/', or "./"
  std::uint64_t size = 0;
  std::uint64_t files = 0;
};

struct FileTree {
  std::vector<PackedFile> files;  // sorted by path, bytewise
  std::vector<LeftOut> left_out;  // a directory stands for all below it
  std::uint64_t total_size = 0;
};

// What Ray's own packaging leaves out of a working_dir without being asked, since 2.54; `override_list` is
// the value of the variable that replaces it: a list with commas, empty for none. Source:
// get_runtime_env_default_excludes in ray/_private/ray_constants.py (2.60).
inline constexpr const char* kDefaultExcludesVariable = "RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES";
std::vector<std::string> DefaultExcludes(const std::optional<std::string>& override_list);

struct ScanOptions {
  std::vector<std::string> excludes = {};  // runtime_env's, relative to the directory
  bool use_gitignore = true;               // RAY_RUNTIME_ENV_IGNORE_GITIGNORE=1 switches it off, as in Ray
  std::vector<std::string> default_excludes = {};  // patterns before those of `excludes`
  std::string prefix = {};  // put before every path: a py_module keeps its directory's name
};

// Walks `directory`. Links are followed, as Ray's own packaging does (its unpacker writes a link's target
// into a plain file); one that leads nowhere, or back to a directory above itself, is left out.
//
// .gitignore and .rayignore hold in their directory and below; no rule of one file takes back another's.
// A directory of which a rule leaves out everything is not looked into, and may be unreadable.
// Unlike Ray 2.52, the directory itself is never tested: there a pattern such as "*" or ".*" drops
// everything.
//
// kUsage, naming the path: missing, not a directory, unreadable, a device, a socket or a pipe, a name that is
// not UTF-8.
shared::Result<FileTree> ScanDirectory(const std::string& directory, const ScanOptions& options);

// The directories that hold the most, themselves and all below, at most `count`, largest first; such that
// naming a child adds something: a directory with one large child gives way to it.
std::vector<DirectorySize> LargestDirectories(const FileTree& tree, std::size_t count);

}  // namespace kubectl_ray
