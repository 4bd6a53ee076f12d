// Files below one directory, whatever their names try.
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

// The parts of a name from elsewhere: "." and empty ones left out, control characters escaped. Nothing where
// it is absolute or holds "..", or where nothing is left. For Windows, what is more than a letter there is
// written %XX: separators, drives and streams ("C:x"), wildcards, the first letter of a device ("NUL.txt"),
// and a dot or space at the end, which Windows would drop. Pure.
std::vector<std::string> SafePathParts(std::string_view name, FileNames rules = kOwnFileNames);

// Follows no symbolic link below its root, so that nothing leaves it even if the tree is hostile already.
class DirectoryWriter {
 public:
  // Makes `root` (and what is missing above it).
  static shared::Result<DirectoryWriter> Open(const std::string& root);
  ~DirectoryWriter();
  DirectoryWriter(DirectoryWriter&& other) noexcept;
  DirectoryWriter& operator=(DirectoryWriter&&) = delete;

  // Each names the file in its error. BeginFile makes the directories above it and empties a file that is
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
