// The terminal a program in a pod is to have as if it were its own.
#pragma once

#include <termios.h>

#include <utility>

namespace kubectl_ray {

// Raw mode for stdin and stdout's terminal while it lives: every key goes to the program. One at a time.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  // Readable where the window may have another size since (SIGWINCH).
  int resize_fd() const;
  // Columns and rows now; drains resize_fd().
  std::pair<int, int> WindowSize() const;

 private:
  termios saved_ = {};
  bool raw_ = false;
};

}  // namespace kubectl_ray
