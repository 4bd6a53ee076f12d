#pragma once

#include <io.h>
#include <stdlib.h>
#include <sys/types.h>
#include_next <unistd.h>

#include <cstddef>

extern "C" char** environ_now();
#undef environ
#define environ environ_now()

// Two sockets that are connected to each other: poll() takes them as it takes any other.
int pipe(int fds[2]);
// Fails with ENOSYS: this system has no such thing.
pid_t fork();
pid_t setsid();
// Moves the descriptor's own position, too.
ssize_t pread(int fd, void* data, std::size_t size, off_t offset);
