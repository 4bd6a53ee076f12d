// What a command that takes time is doing: one line on stderr that changes on a terminal, else a line for
// each change.
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

  // `text` is escaped here. On a terminal it is cut to the line's width and the time since the start stands
  // before it; call it again to let the time move.
  void Show(const std::string& text);
  // Takes the changing line away, so that other output can follow.
  void Clear();
  std::chrono::milliseconds elapsed() const;

 private:
  Streams& io_;
  std::chrono::steady_clock::time_point begin_;
  std::string shown_;
  bool line_open_ = false;
};

}  // namespace kubectl_ray
