#include "kubectl-ray/logs/directory_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

namespace {

// Returns whether Windows takes it for a device, in any folder and with any ending: CON, NUL.txt, com1 .log.
bool IsDevice(std::string_view part) {
  std::string name(part.substr(0, part.find('.')));
  name.erase(name.find_last_not_of(' ') + 1);
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  for (const std::string_view device : {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"})
    if (name == device) return true;
  if (!name.starts_with("COM") && !name.starts_with("LPT")) return false;
  for (const std::string_view number :
       {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "\u00b9", "\u00b2", "\u00b3"})
    if (name.substr(3) == number) return true;
  return false;
}

std::string WindowsName(const std::string& part) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string name;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto byte = static_cast<unsigned char>(part[i]);
    const bool last = i + 1 == part.size();
    const bool special =
        byte < ' ' || std::string_view("<>:\"/\\|?*").find(part[i]) != std::string_view::npos;
    if (special || (last && (part[i] == '.' || part[i] == ' ')) || (i == 0 && IsDevice(part)))
      name += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    else
      name += part[i];
  }
  return name;
}

// The name of a replacement until it is whole. One file at a time is written in a process.
std::string PartName() { return ".kubectl-ray-" + std::to_string(getpid()) + ".part"; }

}  // namespace

bool IsLinkWithin(std::string_view name, std::string_view target) {
  const std::vector<std::string> parts = SafePathParts(name, FileNames::kPosix);
  if (parts.empty() || target.empty() || target.starts_with('/') ||
      target.find('\0') != std::string_view::npos)
    return false;
  std::size_t depth = parts.size() - 1;
  bool below = false;
  for (const std::string_view part : shared::Split(target, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      below = true;
    } else if (below || depth-- == 0) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> SafePathParts(std::string_view name, FileNames rules) {
  std::vector<std::string> parts;
  if (name.starts_with('/') || name.find('\0') != std::string_view::npos) return {};
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part == "..") return {};
    if (part.empty() || part == ".") continue;
    const std::string shown = shared::EscapeControl(part);
    parts.push_back(rules == FileNames::kWindows ? WindowsName(shown) : shown);
  }
  return parts;
}

Result<DirectoryWriter> DirectoryWriter::Open(const std::string& root) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  const int fd = open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return Fail(ErrorCode::kUsage,
                "cannot write to \"" + root +
                    "\": " + (error ? shared::Uncapitalized(error.message()) : shared::ErrnoText(errno)));
  return DirectoryWriter(root, fd);
}

DirectoryWriter::DirectoryWriter(DirectoryWriter&& other) noexcept
    : root_(std::move(other.root_)),
      root_fd_(std::exchange(other.root_fd_, -1)),
      file_name_(std::move(other.file_name_)),
      file_fd_(std::exchange(other.file_fd_, -1)),
      directory_fd_(std::exchange(other.directory_fd_, -1)),
      final_name_(std::move(other.final_name_)),
      mode_(other.mode_) {}

DirectoryWriter::~DirectoryWriter() {
  DropReplacement();
  for (int fd : {file_fd_, root_fd_})
    if (fd >= 0) close(fd);
}

shared::Unexpected<shared::Error> DirectoryWriter::Failed(std::string_view name, int error_number) const {
  return Fail(ErrorCode::kInternal,
              "cannot write \"" + root_ + "/" + std::string(name) + "\": " + shared::ErrnoText(error_number));
}

// Returns a descriptor of the directory that the first `count` parts name. Makes missing directories.
Result<int> DirectoryWriter::OpenDirectory(const std::vector<std::string>& parts, std::size_t count) const {
  int at = dup(root_fd_);
  for (std::size_t i = 0; i < count && at >= 0; ++i) {
    mkdirat(at, parts[i].c_str(), 0755);
    const int next = openat(at, parts[i].c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const int saved_errno = errno;
    close(at);
    at = next;
    if (at < 0) return Failed(parts[i], saved_errno);
  }
  if (at < 0) return Failed("", errno);
  return at;
}

Status DirectoryWriter::MakeDirectory(std::string_view name, std::uint32_t mode) {
  const std::vector<std::string> parts = SafePathParts(name);
  if (!parts.empty()) {
    ASSIGN_OR_RETURN(const int above, OpenDirectory(parts, parts.size() - 1));
    mkdirat(above, parts.back().c_str(), mode | 0700);
    close(above);
  }
  ASSIGN_OR_RETURN(const int fd, OpenDirectory(parts, parts.size()));
  close(fd);
  return shared::Ok();
}

Status DirectoryWriter::BeginFile(std::string_view name) {
  const std::vector<std::string> parts = SafePathParts(name);
  if (parts.empty())
    return Fail(ErrorCode::kInternal,
                "a file of the pod is named \"" + std::string(name) + "\": not written");
  ASSIGN_OR_RETURN(const int directory, OpenDirectory(parts, parts.size() - 1));
  file_fd_ =
      openat(directory, parts.back().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
  const int saved_errno = errno;
  close(directory);
  file_name_ = name;
  if (file_fd_ < 0) return Failed(name, saved_errno);
  return shared::Ok();
}

Status DirectoryWriter::BeginReplacement(std::string_view name, std::uint32_t mode) {
  const std::vector<std::string> parts = SafePathParts(name);
  if (parts.empty())
    return Fail(ErrorCode::kInternal,
                "a file of the pod is named \"" + std::string(name) + "\": not written");
  ASSIGN_OR_RETURN(directory_fd_, OpenDirectory(parts, parts.size() - 1));
  const std::string part = PartName();
  unlinkat(directory_fd_, part.c_str(), 0);
  file_name_ = name;
  final_name_ = parts.back();
  mode_ = mode;
  file_fd_ = openat(directory_fd_, part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file_fd_ >= 0) return shared::Ok();
  const int error = errno;
  close(std::exchange(directory_fd_, -1));
  return Failed(name, error);
}

Status DirectoryWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(file_fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failed(file_name_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return shared::Ok();
}

Status DirectoryWriter::EndFile() {
  if (directory_fd_ >= 0) return Replace();
  const int fd = std::exchange(file_fd_, -1);
  if (fd >= 0 && close(fd) != 0) return Failed(file_name_, errno);
  return shared::Ok();
}

Status DirectoryWriter::Replace() {
  const bool has_mode = fchmod(file_fd_, mode_) == 0;
  const bool closed = has_mode && close(std::exchange(file_fd_, -1)) == 0;
  if (closed && renameat(directory_fd_, PartName().c_str(), directory_fd_, final_name_.c_str()) == 0) {
    close(std::exchange(directory_fd_, -1));
    return shared::Ok();
  }
  const int error = errno;
  DropReplacement();
  return Failed(file_name_, error);
}

// Windows removes no file that is open.
void DirectoryWriter::DropReplacement() {
  if (directory_fd_ < 0) return;
  if (const int fd = std::exchange(file_fd_, -1); fd >= 0) close(fd);
  unlinkat(directory_fd_, PartName().c_str(), 0);
  close(std::exchange(directory_fd_, -1));
}

Result<bool> DirectoryWriter::MakeLink(std::string_view name, const std::string& target) {
  const std::vector<std::string> parts = SafePathParts(name);
  ASSIGN_OR_RETURN(const int directory, OpenDirectory(parts, parts.empty() ? 0 : parts.size() - 1));
  int error = 0;
  if (symlinkat(target.c_str(), directory, parts.back().c_str()) != 0) error = errno;
  if (error == EEXIST) {
    unlinkat(directory, parts.back().c_str(), 0);
    error = symlinkat(target.c_str(), directory, parts.back().c_str()) == 0 ? 0 : errno;
  }
  close(directory);
  if (error != 0 && error != ENOSYS) return Failed(name, error);
  return error == 0;
}

}  // namespace kubectl_ray
