#include "ray-init-agent/log_walk.h"

#include <dirent.h>
#include <sys/stat.h>

#include <memory>

namespace ray_init_agent {
namespace {

constexpr int kDeepest = 8;

bool IsDirectory(const std::string& path, unsigned char type) {
  if (type != DT_UNKNOWN) return type == DT_DIR;
  struct stat status = {};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

void WalkLogs(const std::string& directory, int depth, const OnPath& on_directory, const OnPath& on_file) {
  if (depth > kDeepest) return;
  on_directory(directory);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(directory.c_str()), closedir);
  if (entries == nullptr) return;
  while (const dirent* entry = readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string path = directory + "/" + name;
    if (IsDirectory(path, entry->d_type)) {
      WalkLogs(path, depth + 1, on_directory, on_file);
    } else {
      on_file(path);
    }
  }
}

}  // namespace ray_init_agent
