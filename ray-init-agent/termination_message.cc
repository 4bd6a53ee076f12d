#include "ray-init-agent/termination_message.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "shared/text.h"

namespace ray_init_agent {
namespace {

shared::Unexpected<shared::Error> WriteFailure(const std::string& path) {
  return shared::Fail(shared::ErrorCode::kUnavailable,
                      "cannot write the termination message \"" + path + "\": " + std::strerror(errno));
}

}  // namespace

std::string FormatTerminationMessage(const Termination& termination) {
  std::string message = shared::EscapeControl(termination.summary) + "\n";
  if (!termination.hint.empty()) message += shared::EscapeControl(termination.hint) + "\n";
  if (message.size() > kMaxTerminationMessageBytes) message.resize(kMaxTerminationMessageBytes);
  return message;
}

shared::Status WriteTerminationMessage(const std::string& path, std::string_view message) {
  // The kubelet mounts the file into the pod. Elsewhere (a terminal, a test) there is none, and none is
  // wanted.
  const int fd = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return WriteFailure(path);
  const ssize_t written = write(fd, message.data(), message.size());
  if (written < 0) {
    const auto failure = WriteFailure(path);
    close(fd);
    return failure;
  }
  close(fd);
  return shared::Ok();
}

}  // namespace ray_init_agent
