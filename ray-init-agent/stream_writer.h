// Writes to a stream that children share, without ever waiting for its reader.
#pragma once

#include <cstddef>
#include <string_view>

#include "shared/result.h"

namespace ray_init_agent {

// stdout and stderr of a container are one open file description for all its processes. O_NONBLOCK on it
// would affect `ray start` too, whose prints would then fail, so the description is not changed:
// - a pipe is filled by splice(2) with SPLICE_F_NONBLOCK from a pipe of our own,
// - a socket by send(2) with MSG_DONTWAIT,
// - a terminal through a description of its own (/proc/self/fd/N opened again),
// - a regular file or a null device takes what it gets, at the speed of its disk.
// If others write to the same pipe, a line of up to PIPE_BUF bytes comes out in one piece.
class StreamWriter {
 public:
  enum class Outcome {
    kWritten,  // *size bytes were written, at least one, perhaps not all
    kFull,     // nothing was written; epoll's EPOLLOUT on fd() reports when to try again
    kFailed,   // nothing was written, and nothing reports when to try again (a full disk): try later
    kClosed,   // the reader is gone for good
  };

  // `fd` is not owned, and must stay open as long as this exists.
  explicit StreamWriter(int fd);
  ~StreamWriter();
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  // Writes a first part of `data` (not empty, whole lines); on kWritten *size is its length in bytes. What
  // was not written has to be the beginning of the next call's data. Never blocks; SIGPIPE must be blocked or
  // ignored.
  Outcome Write(std::string_view data, std::size_t* size);

  // The descriptor to watch for EPOLLOUT after kFull. Not the caller's to close.
  int fd() const { return own_fd_ >= 0 ? own_fd_ : fd_; }

 private:
  enum class Kind { kPipe, kSocket, kOther };

  Outcome WriteToPipe(std::string_view data, std::size_t* size);
  Outcome Failed() const;

  int fd_;
  Kind kind_ = Kind::kOther;
  int own_fd_ = -1;         // a terminal's second description
  int feed_[2] = {-1, -1};  // the pipe from which data is spliced
  std::size_t most_at_once_ = 64u << 10;
  std::size_t in_feed_ = 0;  // bytes of the caller's data that are in feed_ already
};

}  // namespace ray_init_agent
