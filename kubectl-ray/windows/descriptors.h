// How the descriptors of the POSIX calls are numbered here, so that a number alone says what it is: 0 to 2
// are the standard streams, a socket has the number of its handle, and files and directories from open() and
// openat() are numbered far above every handle.
#pragma once

#include <winsock2.h>

#include <string>

namespace windows {

constexpr int kFirstFile = 1 << 28;  // plus the C runtime's number; a process's handles stay below 2^26
constexpr int kFirstDirectory = 1 << 29;

constexpr bool IsSocket(int fd) { return fd > 2 && fd < kFirstFile; }
constexpr bool IsDirectory(int fd) { return fd >= kFirstDirectory; }
constexpr SOCKET ToSocket(int fd) { return static_cast<SOCKET>(fd); }

// Returns the C runtime's number of a stream or file.
constexpr int ToRuntime(int fd) { return fd < kFirstFile ? fd : fd - kFirstFile; }

// Returns the handle of a stream, file or socket; INVALID_HANDLE_VALUE if it has none.
HANDLE HandleOf(int fd);

// Sets errno and returns -1.
int FailWith(int error);

// Returns the errno for an error of Windows or of Winsock.
int ErrnoOf(DWORD error);

// Returns whether a directory entry is a symbolic link or a junction.
bool IsLink(const std::string& path);

// Reads what the user has typed, as UTF-8. Returns 0 if Ctrl-Z ends it.
int ReadConsole(HANDLE console, void* data, unsigned size);

// Returns whether a read of the console would return at once.
bool IsConsoleReadable(HANDLE console);

}  // namespace windows
