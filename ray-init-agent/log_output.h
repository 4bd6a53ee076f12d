// The container's stdout after a bounded buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ray-init-agent/stream_writer.h"
#include "shared/deadline.h"

namespace ray_init_agent {

class LogOutput {
 public:
  enum class State {
    kReady,   // all is written
    kFull,    // EPOLLOUT on fd() reports when to continue
    kFailed,  // a full disk, for one: try again after a while
    kClosed,  // nobody will ever read it; what was buffered is dropped
  };

  // `fd` is not owned. A pipe is made as large as kPipeBytes if it is smaller and the system allows it, for
  // all its writers.
  explicit LogOutput(int fd);

  static constexpr int kPipeBytes = 256 << 10;

  // Records are appended to this buffer; Write() empties it from its front.
  std::string* buffer() { return &buffer_; }
  // Whether so much is waiting that it is time to write rather than to read more.
  bool wants_write() const { return size() >= kEnough; }
  // The bytes that are still to be written.
  std::size_t size() const { return buffer_.size() - begin_; }
  bool empty() const { return begin_ == buffer_.size(); }
  // All bytes that were written so far.
  std::uint64_t written() const { return written_; }

  // Writes as much as is possible without waiting.
  State Write();
  // Writes everything, and blocks for the reader until `deadline`.
  State WriteAll(shared::Deadline deadline);

  int fd() const { return writer_.fd(); }

 private:
  static constexpr std::size_t kEnough = 128u << 10;

  void DropWritten();

  StreamWriter writer_;
  std::string buffer_;
  std::size_t begin_ = 0;  // the bytes before it are written
  std::uint64_t written_ = 0;
};

}  // namespace ray_init_agent
