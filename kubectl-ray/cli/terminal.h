// Gives our terminal to a program in a pod.
#pragma once

#include <termios.h>

#include <utility>

namespace kubectl_ray {

// Sets raw mode for the terminal of stdin and stdout while the object lives, so that every key goes to the
// program. Only one may live at a time.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  // Becomes readable when the window may have another size (SIGWINCH).
  int resize_fd() const;
  // Returns the current columns and rows, and drains resize_fd().
  std::pair<int, int> WindowSize() const;

 private:
  termios saved_ = {};
  bool raw_ = false;
};

}  // namespace kubectl_ray
