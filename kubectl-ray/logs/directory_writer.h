// Writes files below one directory, whatever their names contain.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

enum class FileNames { kPosix, kWindows };

constexpr FileNames kOwnFileNames =
    std::filesystem::path::preferred_separator == '\\' ? FileNames::kWindows : FileNames::kPosix;

// Returns the parts of a name from elsewhere, without "." and empty parts, with control characters escaped.
// Returns nothing if the name is absolute, contains "..", or has no part left. By the rules of Windows,
// characters with a meaning there are written %XX: separators, drives and streams ("C:x"), wildcards, the
// first letter of a device ("NUL.txt"), and a dot or space at the end, which Windows would drop. Pure.
std::vector<std::string> SafePathParts(std::string_view name, FileNames rules = kOwnFileNames);

// Follows no symbolic link below its root, so that nothing is written elsewhere even if the tree is already
// hostile.
class DirectoryWriter {
 public:
  // Makes `root` and the directories above it, if they are missing.
  static shared::Result<DirectoryWriter> Open(const std::string& root);
  ~DirectoryWriter();
  DirectoryWriter(DirectoryWriter&& other) noexcept;
  DirectoryWriter& operator=(DirectoryWriter&&) = delete;

  // Their errors name the file. BeginFile makes the directories above the file, and empties it if it is
  // there.
  shared::Status MakeDirectory(std::string_view name);
  shared::Status BeginFile(std::string_view name);
  shared::Status Write(std::string_view bytes);
  shared::Status EndFile();

 private:
  DirectoryWriter(std::string root, int fd) : root_(std::move(root)), root_fd_(fd) {}
  shared::Result<int> OpenDirectory(const std::vector<std::string>& parts, std::size_t count) const;
  shared::Unexpected<shared::Error> Failed(std::string_view name, int error_number) const;

  std::string root_;
  int root_fd_;
  std::string file_name_;
  int file_fd_ = -1;
};

}  // namespace kubectl_ray
