#pragma once

#include <sys/types.h>

#define WNOHANG 1
// A process always ends with a code, because there are no signals.
#define WIFEXITED(status) true
#define WEXITSTATUS(status) (status)
#define WIFSIGNALED(status) false
#define WTERMSIG(status) 0

// For children that posix_spawnp() started.
pid_t waitpid(pid_t pid, int* status, int options);
