// poll() over sockets, pipes and the console.
#pragma once

#include <winsock2.h>

struct pollfd {
  int fd;
  short events;
  short revents;
};
using nfds_t = unsigned long long;

// As in POSIX; entries whose fd is negative are skipped.
int poll(pollfd* fds, nfds_t count, int timeout_ms);
