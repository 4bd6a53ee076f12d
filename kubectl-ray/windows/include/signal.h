#pragma once

#include_next <signal.h>
#include <sys/types.h>

#define SIGKILL 9
#define SIGPIPE 13
#define SIGWINCH 28
#define SA_RESTART 0

using posix_sigset = unsigned;
#define sigset_t posix_sigset

struct sigaction {
  void (*sa_handler)(int);
  posix_sigset sa_mask;
  int sa_flags;
};

inline int sigemptyset(posix_sigset* set) { return static_cast<int>(*set = 0); }
inline int sigaddset(posix_sigset* set, int signal) {
  *set |= 1u << signal;
  return 0;
}
// SIGINT is Ctrl-C and Ctrl-Break, SIGTERM the closing of the console; the handler runs on a thread of its
// own. No other signal is ever raised.
int sigaction(int signal, const struct sigaction* action, struct sigaction* old);
// Ends a child at once, whatever the signal. If `pid` is negative and the child has a group of its own, also
// ends all that it started.
int kill(pid_t pid, int signal);
