#pragma once

#include_next <sys/stat.h>

// In place of Windows's own, in which st_ino is not different for different directories.
struct posix_stat {
  static constexpr unsigned short kLink = 0xA000;
  unsigned short st_mode;
  long long st_size;
  unsigned long st_dev;
  unsigned long long st_ino;
};
#define stat posix_stat
#define lstat posix_lstat
#define S_ISLNK(mode) ((mode) == posix_stat::kLink)
#define S_ISSOCK(mode) false

int posix_stat(const char* path, struct posix_stat* info);
// Reports junctions as links, too.
int posix_lstat(const char* path, struct posix_stat* info);
// Does nothing: Windows has no permission bits.
int fchmod(int fd, unsigned mode);
int mkdirat(int directory, const char* name, int mode);
