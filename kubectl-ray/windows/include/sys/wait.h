#pragma once

#include <sys/types.h>

#define WNOHANG 1
// There are no signals: a process ends with a code.
#define WIFEXITED(status) true
#define WEXITSTATUS(status) (status)
#define WIFSIGNALED(status) false
#define WTERMSIG(status) 0

// Of children that posix_spawnp() started.
pid_t waitpid(pid_t pid, int* status, int options);
