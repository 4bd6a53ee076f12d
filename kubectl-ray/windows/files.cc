// Files and directories. A directory's descriptor stands for its path, because Windows has no calls that
// start from an open directory.
#include "kubectl-ray/windows/descriptors.h"

#include <direct.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <map>
#include <mutex>

namespace windows {
namespace {

std::mutex mutex;
std::map<int, std::string> directories;
int next_directory = kFirstDirectory;

int KeepDirectory(std::string path) {
  std::lock_guard lock(mutex);
  directories[next_directory] = std::move(path);
  return next_directory++;
}

// Returns an empty path if `fd` is not a directory.
std::string DirectoryPath(int fd) {
  std::lock_guard lock(mutex);
  const auto found = directories.find(fd);
  return found == directories.end() ? "" : found->second;
}

int CloseDirectory(int fd) {
  std::lock_guard lock(mutex);
  return directories.erase(fd) > 0 ? 0 : FailWith(EBADF);
}

int OpenDirectory(const char* path) {
  const DWORD attributes = GetFileAttributesA(path);
  if (attributes == INVALID_FILE_ATTRIBUTES) return FailWith(ErrnoOf(GetLastError()));
  return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? KeepDirectory(path) : FailWith(ENOTDIR);
}

int OpenFile(const char* path, int flags, int mode) {
  if ((flags & O_NOFOLLOW) != 0 && IsLink(path)) return FailWith(ELOOP);
  if ((flags & O_DIRECTORY) != 0) return OpenDirectory(path);
  const bool null = std::strcmp(path, "/dev/null") == 0;
  const int known = flags & ~(O_NOFOLLOW | O_DIRECTORY | O_NONBLOCK);
  const int number = _open(null ? "NUL" : path, known | _O_BINARY, mode & (_S_IREAD | _S_IWRITE));
  return number < 0 ? -1 : kFirstFile + number;
}

// Everything may be read and executed by all, as in other programs that pack files on Windows for Linux.
unsigned short ModeOf(DWORD attributes) {
  return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? S_IFDIR | 0755 : S_IFREG | 0755;
}

int Stat(const char* path, struct posix_stat* info, bool follow) {
  const DWORD flags = FILE_FLAG_BACKUP_SEMANTICS | (follow ? 0 : FILE_FLAG_OPEN_REPARSE_POINT);
  const HANDLE file = CreateFileA(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                  OPEN_EXISTING, flags, nullptr);
  if (file == INVALID_HANDLE_VALUE) return FailWith(ErrnoOf(GetLastError()));
  BY_HANDLE_FILE_INFORMATION known = {};
  const bool on_disk = GetFileInformationByHandle(file, &known) != 0;
  CloseHandle(file);
  *info = {};
  info->st_mode = on_disk ? ModeOf(known.dwFileAttributes) : S_IFCHR;
  if (!follow && IsLink(path)) info->st_mode = posix_stat::kLink;
  info->st_size = static_cast<long long>(known.nFileSizeHigh) << 32 | known.nFileSizeLow;
  info->st_dev = known.dwVolumeSerialNumber;
  info->st_ino = static_cast<unsigned long long>(known.nFileIndexHigh) << 32 | known.nFileIndexLow;
  return 0;
}

}  // namespace

bool IsLink(const std::string& path) {
  WIN32_FIND_DATAA found = {};
  const HANDLE search = FindFirstFileA(path.c_str(), &found);
  if (search == INVALID_HANDLE_VALUE) return false;
  FindClose(search);
  return (found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
         IsReparseTagNameSurrogate(found.dwReserved0);
}

}  // namespace windows

using windows::FailWith;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const int mode = (flags & O_CREAT) != 0 ? va_arg(arguments, int) : 0;
  va_end(arguments);
  return windows::OpenFile(path, flags, mode);
}

int close(int fd) {
  if (windows::IsSocket(fd)) return closesocket(windows::ToSocket(fd));
  return windows::IsDirectory(fd) ? windows::CloseDirectory(fd) : _close(windows::ToRuntime(fd));
}

int read(int fd, void* data, unsigned size) {
  if (windows::IsSocket(fd)) return static_cast<int>(recv(fd, static_cast<char*>(data), size, 0));
  if (isatty(fd) == 1) return windows::ReadConsole(windows::HandleOf(fd), data, size);
  const int n = _read(windows::ToRuntime(fd), data, size);
  return n < 0 && errno == EPIPE ? 0 : n;
}

int write(int fd, const void* data, unsigned size) {
  return windows::IsSocket(fd) ? static_cast<int>(send(fd, static_cast<const char*>(data), size, 0))
                               : _write(windows::ToRuntime(fd), data, size);
}

// For directories only.
int dup(int fd) {
  const std::string path = windows::DirectoryPath(fd);
  return path.empty() ? FailWith(EBADF) : windows::KeepDirectory(path);
}

}  // extern "C"

int openat(int directory, const char* name, int flags, int mode) {
  const std::string path = windows::DirectoryPath(directory);
  return path.empty() ? FailWith(EBADF) : windows::OpenFile((path + "/" + name).c_str(), flags, mode);
}

int mkdirat(int directory, const char* name, int) {
  const std::string path = windows::DirectoryPath(directory);
  return path.empty() ? FailWith(EBADF) : _mkdir((path + "/" + name).c_str());
}

int fchmod(int, unsigned) { return 0; }

int unlinkat(int directory, const char* name, int) {
  const std::string path = windows::DirectoryPath(directory);
  return path.empty() ? FailWith(EBADF) : _unlink((path + "/" + name).c_str());
}

int renameat(int old_directory, const char* old_name, int new_directory, const char* new_name) {
  const std::string from = windows::DirectoryPath(old_directory), to = windows::DirectoryPath(new_directory);
  if (from.empty() || to.empty()) return FailWith(EBADF);
  const BOOL moved =
      MoveFileExA((from + "/" + old_name).c_str(), (to + "/" + new_name).c_str(), MOVEFILE_REPLACE_EXISTING);
  return moved != 0 ? 0 : FailWith(windows::ErrnoOf(GetLastError()));
}

int symlinkat(const char*, int, const char*) { return FailWith(ENOSYS); }

ssize_t pread(int fd, void* data, std::size_t size, off_t offset) {
  const int number = windows::ToRuntime(fd);
  return _lseeki64(number, offset, SEEK_SET) < 0 ? -1 : _read(number, data, static_cast<unsigned>(size));
}

int posix_stat(const char* path, struct posix_stat* info) { return windows::Stat(path, info, true); }
int posix_lstat(const char* path, struct posix_stat* info) { return windows::Stat(path, info, false); }

// Windows has no file locks that name their holder.
int fcntl(int, int, struct flock*) { return FailWith(ENOSYS); }
