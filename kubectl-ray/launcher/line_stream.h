// Streams of several threads into one, line by line.
#pragma once

#include <mutex>
#include <ostream>
#include <streambuf>
#include <string>

namespace kubectl_ray {

// Where lines of several threads come together. `out` must outlive it.
struct LineSink {
  std::ostream& out;
  std::mutex mutex;
};

// An ostream of one thread: each line reaches the sink whole, after `prefix`, and what has no newline at the
// end does when the stream ends. Not thread-safe itself: each thread has its own.
class LineStream final : private std::streambuf, public std::ostream {
 public:
  explicit LineStream(LineSink* sink, std::string prefix = "")
      : std::ostream(static_cast<std::streambuf*>(this)), sink_(sink), prefix_(std::move(prefix)) {}
  ~LineStream() override;

 private:
  int overflow(int c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  void PassOn(std::size_t size);

  LineSink* const sink_;
  const std::string prefix_;
  std::string line_;
};

}  // namespace kubectl_ray
