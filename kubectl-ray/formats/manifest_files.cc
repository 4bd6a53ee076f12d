#include "kubectl-ray/formats/manifest_files.h"

#include <algorithm>
#include <filesystem>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

namespace fs = std::filesystem;

bool IsManifestFile(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

template <typename Iterator>
void ListFolder(const std::string& folder, std::vector<std::string>* files, std::error_code* error) {
  for (Iterator entry(folder, *error), end; !*error && entry != end; entry.increment(*error))
    if (std::error_code ignored; entry->is_regular_file(ignored) && IsManifestFile(entry->path()))
      files->push_back(entry->path().string());
}

}  // namespace

shared::Result<std::vector<std::string>> ManifestFiles(const std::string& path, bool recursive,
                                                       const std::string& none_hint) {
  std::error_code error;
  if (path == "-" || !fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  if (recursive)
    ListFolder<fs::recursive_directory_iterator>(path, &files, &error);
  else
    ListFolder<fs::directory_iterator>(path, &files, &error);
  const auto fail = [&](const char* action, const std::string& cause, const std::string& hint) {
    return shared::Fail(
        shared::ErrorCode::kUsage,
        "cannot " + std::string(action) + " folder \"" + shared::EscapeControl(path) + "\": " + cause, hint);
  };
  if (error) return fail("read", error.message(), "");
  if (files.empty()) return fail("use", "no file in it ends in .yaml, .yml or .json", none_hint);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace kubectl_ray
