#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "ray-init-agent/app.h"

int main(int argc, char** argv) {
  // No descriptor of ours may get a closed stream's number, or logs would be written into it.
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = dup(fd);
  if (fd > STDERR_FILENO) close(fd);
  signal(SIGPIPE, SIG_IGN);  // a closed reader is then an error of write()
  return ray_init_agent::RunApp({argv + 1, argv + argc});
}
