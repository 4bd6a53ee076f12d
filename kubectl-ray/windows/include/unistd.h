#pragma once

#include <io.h>
#include <stdlib.h>
#include <sys/types.h>
#include_next <unistd.h>

#include <cstddef>

extern "C" char** environ_now();
#undef environ
#define environ environ_now()

// Makes two sockets that are connected to each other, so that poll() takes them.
int pipe(int fds[2]);
// Fails with ENOSYS, because Windows has no such call.
pid_t fork();
pid_t setsid();
// `flags` has to be 0: removes files alone.
int unlinkat(int directory, const char* name, int flags);
// Replaces a file of the new name.
int renameat(int old_directory, const char* old_name, int new_directory, const char* new_name);
// Fails with ENOSYS: who may make links depends on a setting of Windows.
int symlinkat(const char* target, int directory, const char* name);
// Unlike POSIX's, moves the descriptor's own position.
ssize_t pread(int fd, void* data, std::size_t size, off_t offset);
