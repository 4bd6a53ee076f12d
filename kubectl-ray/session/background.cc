#include "kubectl-ray/session/background.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

shared::Result<int> Background::Fork(bool* is_child) {
  auto fail = [](const char* what) {
    const bool unknown = errno == ENOSYS;  // on Windows
    return Fail(ErrorCode::kInternal,
                std::string("cannot go into the background: ") + what + ": " + shared::ErrnoText(errno),
                unknown ? "Leave out --background, and keep the session in a window of its own." : "");
  };
  int fds[2];
  if (pipe(fds) != 0) return fail("pipe");
  const pid_t child = fork();
  if (child < 0) return fail("fork");
  *is_child = child == 0;
  if (*is_child) {
    close(fds[0]);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    ready_fd_ = fds[1];
    return 0;
  }
  close(fds[1]);
  char ready = 0;
  ssize_t n = 0;
  do n = read(fds[0], &ready, 1);  // ends when the child does, however that is
  while (n < 0 && errno == EINTR);
  close(fds[0]);
  if (n == 1) return 0;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

shared::Status Background::Detach(const std::string& log_path) {
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (log < 0 || null < 0)
    return Fail(ErrorCode::kInternal, "cannot write \"" + log_path + "\": " + shared::ErrnoText(errno));
  setsid();
  dup2(null, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  close(log);
  close(null);
  const ssize_t written = write(ready_fd_, "r", 1);
  close(ready_fd_);
  ready_fd_ = -1;
  return written == 1 ? shared::Ok()
                      : shared::Status(Fail(ErrorCode::kInternal, "the parent process is gone"));
}

}  // namespace kubectl_ray
