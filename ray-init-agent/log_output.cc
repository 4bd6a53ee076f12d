#include "ray-init-agent/log_output.h"

#include <poll.h>

#include <thread>

namespace ray_init_agent {

LogOutput::State LogOutput::Write() {
  constexpr std::size_t kKeptCapacity = 1u << 20;
  while (begin_ < buffer_.size()) {
    std::size_t size = 0;
    switch (writer_.Write(std::string_view(buffer_).substr(begin_), &size)) {
      case StreamWriter::Outcome::kWritten:
        begin_ += size;
        break;
      case StreamWriter::Outcome::kFull:
        return State::kFull;
      case StreamWriter::Outcome::kFailed:
        return State::kFailed;
      case StreamWriter::Outcome::kClosed:
        buffer_.clear();
        begin_ = 0;
        return State::kClosed;
    }
  }
  buffer_.clear();
  begin_ = 0;
  if (buffer_.capacity() > kKeptCapacity) buffer_.shrink_to_fit();
  return State::kReady;
}

LogOutput::State LogOutput::WriteAll(shared::Deadline deadline) {
  while (true) {
    const State state = Write();
    if (state == State::kReady || state == State::kClosed || deadline.passed()) return state;
    if (state == State::kFailed) {
      std::this_thread::sleep_for(deadline.Remaining(std::chrono::milliseconds(100)));
      continue;
    }
    pollfd ready = {fd(), POLLOUT, 0};
    poll(&ready, 1, static_cast<int>(deadline.Remaining(std::chrono::seconds(1)).count()));
  }
}

}  // namespace ray_init_agent
