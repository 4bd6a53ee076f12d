// Where a command reads and writes. Data goes to `out`, everything else to `err`.
#pragma once

#include <istream>
#include <ostream>

namespace kubectl_ray {

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool color = false;  // false with NO_COLOR and with TERM=dumb
  int width = 80;      // columns of the terminal
  int height = 24;     // its rows
};

}  // namespace kubectl_ray
