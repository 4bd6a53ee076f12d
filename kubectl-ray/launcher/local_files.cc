#include "kubectl-ray/launcher/local_files.h"

#include <algorithm>
#include <filesystem>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

Result<FileTree> OneFile(const std::string& local, const std::string& name) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(local, error);
  const std::uint64_t size = error ? 0 : std::filesystem::file_size(local, error);
  if (error)
    return Fail(ErrorCode::kUsage,
                "cannot read \"" + local + "\": " + shared::Uncapitalized(error.message()));
  FileTree tree;
  tree.files.push_back({.path = name,
                        .source = local,
                        .size = size,
                        .mode = static_cast<std::uint32_t>(status.permissions()) & 0777});
  tree.total_size = size;
  return tree;
}

ScanOptions HowToScan(const LauncherFile* file) {
  ScanOptions options{.use_gitignore = false};
  if (file == nullptr) return options;
  options.excludes = file->rsync_exclude;
  options.use_gitignore = std::find(file->rsync_filter.begin(), file->rsync_filter.end(), ".gitignore") !=
                          file->rsync_filter.end();
  return options;
}

}  // namespace

Result<LocalFiles> ReadLocalFiles(const std::string& path, const std::string& file_name,
                                  const std::string& prefix, const LauncherFile* launcher) {
  LocalFiles files;
  std::error_code ignored;
  files.directory = std::filesystem::is_directory(path, ignored);
  ScanOptions options = HowToScan(launcher);
  options.prefix = prefix;
  ASSIGN_OR_RETURN(files.tree, files.directory ? ScanDirectory(path, options) : OneFile(path, file_name));
  return files;
}

}  // namespace kubectl_ray
