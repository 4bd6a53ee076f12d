// Shows what a command that takes time is doing: on a terminal one line on stderr that changes, elsewhere a
// line for each change.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/streams.h"

namespace kubectl_ray {

class Progress {
 public:
  explicit Progress(Streams& io) : io_(io), begin_(std::chrono::steady_clock::now()) {}
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Escapes `text` and shows it. On a terminal it is cut to the line's width, after the time since the start;
  // call this again to update the time.
  void Show(const std::string& text);
  // Removes the changing line, so that other output can follow.
  void Clear();
  std::chrono::milliseconds elapsed() const;

 private:
  Streams& io_;
  std::chrono::steady_clock::time_point begin_;
  std::string shown_;
  bool line_open_ = false;
};

}  // namespace kubectl_ray
