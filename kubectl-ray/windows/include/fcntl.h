#pragma once

#include_next <fcntl.h>
#include <sys/types.h>

#define O_CLOEXEC _O_NOINHERIT
#define O_NOFOLLOW 0x10000000
#define O_DIRECTORY 0x20000000
#define O_NONBLOCK 0x40000000

#define F_GETFL 1
#define F_SETFL 2
#define F_SETFD 3
#define F_GETLK 4
#define F_SETLK 5
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define FD_CLOEXEC 1

struct flock {
  short l_type;
  short l_whence;
  pid_t l_pid;
};

// Sets O_NONBLOCK of sockets. Nothing is inherited unless it is asked for.
int fcntl(int fd, int command, int argument = 0);
// Fails with ENOSYS: Windows has no locks that name their holder.
int fcntl(int fd, int command, struct flock* lock);

// A directory's descriptor is good for dup(), close() and the calls with `at` only. O_NOFOLLOW refuses links
// and junctions.
int openat(int directory, const char* name, int flags, int mode = 0);
