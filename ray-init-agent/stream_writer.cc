#include "ray-init-agent/stream_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>

namespace ray_init_agent {
namespace {

constexpr std::size_t kFeedBytes = 64u << 10;  // the size of a pipe

void Close(int* fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

// Returns the whole lines that one page of a pipe takes, or `most` bytes of a line that is longer. `data`
// begins with a line.
std::string_view WholeLines(std::string_view data, std::size_t most) {
  if (data.size() <= PIPE_BUF) return data;
  const std::size_t last = data.substr(0, PIPE_BUF).rfind('\n');
  if (last != std::string_view::npos) return data.substr(0, last + 1);
  return data.substr(0, std::min({most, data.size(), data.find('\n', PIPE_BUF)}));
}

}  // namespace

StreamWriter::StreamWriter(int fd) : fd_(fd) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) return;  // Write() then fails
  if (S_ISSOCK(status.st_mode)) kind_ = Kind::kSocket;
  if (S_ISFIFO(status.st_mode)) {
    // No descriptor is left for a feed: what poll() finds writable takes a small write at once.
    most_at_once_ = PIPE_BUF;
    if (pipe2(feed_, O_CLOEXEC | O_NONBLOCK) == 0) kind_ = Kind::kPipe;
  }
  if (isatty(fd) == 1) {
    char path[32];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    own_fd_ = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  }
}

StreamWriter::~StreamWriter() {
  Close(&own_fd_);
  Close(&feed_[0]);
  Close(&feed_[1]);
}

StreamWriter::Outcome StreamWriter::Write(std::string_view data, std::size_t* size) {
  if (kind_ == Kind::kPipe) return WriteToPipe(data, size);
  data = most_at_once_ == PIPE_BUF ? WholeLines(data, PIPE_BUF) : data.substr(0, most_at_once_);
  ssize_t written = -1;
  if (kind_ == Kind::kSocket) {
    written = send(fd_, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } else {
    pollfd ready = {fd(), POLLOUT, 0};
    if (poll(&ready, 1, 0) == 0) return Outcome::kFull;
    written = write(fd(), data.data(), data.size());
  }
  if (written <= 0) return Failed();
  *size = static_cast<std::size_t>(written);
  return Outcome::kWritten;
}

// in_feed_ bytes at the front of `data` are in the feed already: the last call put them there and found no
// room in the pipe. A splice moves whole pages, so no page may end within a line: the line of another process
// that writes to the pipe would land there.
StreamWriter::Outcome StreamWriter::WriteToPipe(std::string_view data, std::size_t* size) {
  while (in_feed_ < std::min(data.size(), kFeedBytes)) {
    const std::string_view more = WholeLines(data.substr(in_feed_), kFeedBytes);
    const ssize_t fed = write(feed_[1], more.data(), more.size());
    if (fed > 0) in_feed_ += static_cast<std::size_t>(fed);
    if (fed != static_cast<ssize_t>(more.size())) break;
  }
  const ssize_t moved = splice(feed_[0], nullptr, fd_, nullptr, in_feed_, SPLICE_F_NONBLOCK);
  if (moved > 0) {
    *size = static_cast<std::size_t>(moved);
    in_feed_ -= *size;
    return Outcome::kWritten;
  }
  if (errno != EINVAL && errno != ENOSYS && errno != EPERM) return Failed();
  // The kernel (or its imitation) has no splice.
  kind_ = Kind::kOther;
  Close(&feed_[0]);
  Close(&feed_[1]);
  in_feed_ = 0;
  return Write(data, size);
}

StreamWriter::Outcome StreamWriter::Failed() const {
  switch (errno) {
    case EAGAIN:
    case EINTR:
      return Outcome::kFull;
    case EPIPE:
    case EBADF:
    case ECONNRESET:
    case ENOTCONN:
      return Outcome::kClosed;
    default:
      return Outcome::kFailed;
  }
}

}  // namespace ray_init_agent
