// posix_spawnp(), as far as we use it: with redirected standard streams and an environment.
#pragma once

#include <signal.h>
#include <sys/types.h>

constexpr int POSIX_SPAWN_SETSIGDEF = 1;
constexpr int POSIX_SPAWN_SETPGROUP = 2;

struct posix_spawn_file_actions_t {
  int given[3];       // our descriptor that becomes the child's 0, 1 or 2; -1 leaves it as it is
  bool discarded[3];  // true for the null device instead
};
struct posix_spawnattr_t {
  int flags;
};

int posix_spawn_file_actions_init(posix_spawn_file_actions_t* actions);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t* actions, int fd, int child_fd);
// `path` is /dev/null.
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t* actions, int child_fd, const char* path,
                                     int flags, int mode);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t* actions);
inline int posix_spawnattr_init(posix_spawnattr_t* attributes) { return attributes->flags = 0; }
inline int posix_spawnattr_setsigdefault(posix_spawnattr_t*, const sigset_t*) { return 0; }
// With POSIX_SPAWN_SETPGROUP, Ctrl-C does not reach the process, and kill() reaches all that it starts.
inline int posix_spawnattr_setflags(posix_spawnattr_t* attributes, int flags) {
  attributes->flags = flags;
  return 0;
}
inline int posix_spawnattr_destroy(posix_spawnattr_t*) { return 0; }
// Looks for a program without a folder along PATH, and for one without an ending with the endings of PATHEXT.
// Returns 0 or the error number: EINVAL if a batch file would get an argument in which cmd.exe would see
// words of its own.
int posix_spawnp(pid_t* pid, const char* program, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const* arguments, char* const* environment);
