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

// Returns whether a link of this name leads to a place below the directory in which both are, whatever is
// linked there: `target` is relative, goes up only at its begin, and not above that directory. Pure.
bool IsLinkWithin(std::string_view name, std::string_view target);

// Follows no symbolic link below its root, so that nothing is written elsewhere even if the tree is already
// hostile.
class DirectoryWriter {
 public:
  // Makes `root` and the directories above it, if they are missing.
  static shared::Result<DirectoryWriter> Open(const std::string& root);
  ~DirectoryWriter();
  DirectoryWriter(DirectoryWriter&& other) noexcept;
  DirectoryWriter& operator=(DirectoryWriter&&) = delete;

  // Their errors name the file. BeginFile and BeginReplacement make the directories above the file. BeginFile
  // empties it if it is there. BeginReplacement leaves it until EndFile(), which puts the whole new one with
  // its permission bits in its place; if that is not reached, nothing is left of the new one.
  shared::Status MakeDirectory(std::string_view name, std::uint32_t mode = 0755);
  shared::Status BeginFile(std::string_view name);
  shared::Status BeginReplacement(std::string_view name, std::uint32_t mode);
  shared::Status Write(std::string_view bytes);
  shared::Status EndFile();
  // Makes a symbolic link, in the place of a file or link of that name. REQUIRES: IsLinkWithin(). Returns
  // false if this system has no such links.
  shared::Result<bool> MakeLink(std::string_view name, const std::string& target);

 private:
  DirectoryWriter(std::string root, int fd) : root_(std::move(root)), root_fd_(fd) {}
  shared::Result<int> OpenDirectory(const std::vector<std::string>& parts, std::size_t count) const;
  shared::Unexpected<shared::Error> Failed(std::string_view name, int error_number) const;
  shared::Status Replace();
  void DropReplacement();

  std::string root_;
  int root_fd_;
  std::string file_name_;
  int file_fd_ = -1;
  // Of a replacement: its directory, else -1; the name that it gets there; its mode.
  int directory_fd_ = -1;
  std::string final_name_;
  std::uint32_t mode_ = 0;
};

}  // namespace kubectl_ray
