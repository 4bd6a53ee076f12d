#include "ray-init-agent/stdout.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "shared/text.h"

namespace ray_init_agent {

shared::Status Print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDOUT_FILENO, text.data(), text.size());
    if (n > 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      pollfd waiting = {STDOUT_FILENO, POLLOUT, 0};
      poll(&waiting, 1, -1);
    } else if (n == 0 || errno != EINTR) {
      return shared::Fail(shared::ErrorCode::kInternal,
                          "cannot write to stdout: " + shared::ErrnoText(errno));
    }
  }
  return shared::Ok();
}

}  // namespace ray_init_agent
