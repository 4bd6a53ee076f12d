#include "ray-init-agent/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::ErrorCode;
using shared::Fail;

shared::Unexpected<shared::Error> Refuse(const std::string& path, int error) {
  const ErrorCode code = error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound
                         : error == EACCES || error == EPERM ? ErrorCode::kAuth
                                                             : ErrorCode::kInternal;
  return Fail(code, "cannot read \"" + path + "\": " + shared::ErrnoText(error));
}

}  // namespace

shared::Result<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return Refuse(path, errno);
  std::string text;
  std::array<char, 8192> buffer;
  ssize_t n = 0;
  while (text.size() <= max_bytes && (n = read(fd, buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(n));
  const int error = errno;
  close(fd);
  if (n < 0) return Refuse(path, error);
  if (text.size() > max_bytes)
    return Fail(ErrorCode::kInternal,
                "cannot read \"" + path + "\": it is larger than " + std::to_string(max_bytes) + " bytes");
  return text;
}

}  // namespace ray_init_agent
