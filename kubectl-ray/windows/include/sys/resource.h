#pragma once

#define RLIMIT_NOFILE 7

using rlim_t = unsigned long;
struct rlimit {
  rlim_t rlim_cur;
  rlim_t rlim_max;
};

// Windows has no such limit.
inline int getrlimit(int, rlimit*) { return -1; }
inline int setrlimit(int, const rlimit*) { return -1; }
