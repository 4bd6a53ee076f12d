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
// Unlike POSIX's, moves the descriptor's own position.
ssize_t pread(int fd, void* data, std::size_t size, off_t offset);
