#include "kubectl-ray/cli/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace kubectl_ray {
namespace {

// Written by the signal handler, which has no object to use.
int resize_pipe[2] = {-1, -1};

void OnResize(int) {
  const int saved_errno = errno;
  [[maybe_unused]] const ssize_t ignored = write(resize_pipe[1], "w", 1);  // a full pipe is readable already
  errno = saved_errno;
}

}  // namespace

RawTerminal::RawTerminal() {
  if (pipe(resize_pipe) == 0) {
    for (int fd : resize_pipe) {
      fcntl(fd, F_SETFD, FD_CLOEXEC);
      fcntl(fd, F_SETFL, O_NONBLOCK);
    }
    struct sigaction action = {};
    action.sa_handler = OnResize;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, nullptr);
  }
  if (tcgetattr(STDIN_FILENO, &saved_) != 0) return;
  termios raw = saved_;
  cfmakeraw(&raw);
  raw_ = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

RawTerminal::~RawTerminal() {
  if (raw_) tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_);
  signal(SIGWINCH, SIG_DFL);
  for (int& fd : resize_pipe) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
}

int RawTerminal::resize_fd() const { return resize_pipe[0]; }

std::pair<int, int> RawTerminal::WindowSize() const {
  char drained[64];
  while (read(resize_pipe[0], drained, sizeof drained) > 0) {
  }
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {80, 24};
  return {size.ws_col, size.ws_row};
}

}  // namespace kubectl_ray
