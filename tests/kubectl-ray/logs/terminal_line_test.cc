#include "kubectl-ray/logs/terminal_line.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::TerminalLine;

TEST_CASE("colours and a progress bar's returns reach the terminal, all else is shown") {
  struct Row {
    std::string text, colored, plain;
  };
  const Row rows[] = {
      {"plain\ttext", "[p] plain\ttext", "[p] plain\ttext"},
      // Ray's own prefix of a worker's line.
      {"\033[36m(train pid=12)\033[0m step 1", "[p] \033[36m(train pid=12)\033[0m step 1",
       "[p] (train pid=12) step 1"},
      {"\033[1;38;5;196mred", "[p] \033[1;38;5;196mred\033[0m", "[p] red"},
      {"\033[38:2::1:2:3mx\033[m", "[p] \033[38:2::1:2:3mx\033[m", "[p] x"},
      // tqdm: each state after a return.
      {"\r  0%|  |\r100%|##|", "[p] \r[p]   0%|  |\r[p] 100%|##|", "[p] \r[p]   0%|  |\r[p] 100%|##|"},
      {"dos\r", "[p] dos\r", "[p] dos\r"},
      // Moving the cursor, clearing the screen, setting the title and half a sequence do not belong in a log.
      {"\033[2J\033[H", "[p] \\x1b[2J\\x1b[H", "[p] \\x1b[2J\\x1b[H"},
      {"\033]0;title\a", "[p] \\x1b]0;title\\x07", "[p] \\x1b]0;title\\x07"},
      {"\033[31", "[p] \\x1b[31", "[p] \\x1b[31"},
      {"\033", "[p] \\x1b", "[p] \\x1b"},
      {"\033[" + std::string(100, '1') + "m", "[p] \\x1b[" + std::string(100, '1') + "m",
       "[p] \\x1b[" + std::string(100, '1') + "m"},
      {"\xc2\x9b"
       "31m\xff",
       "[p] \\xc2\\x9b31m\\xff", "[p] \\xc2\\x9b31m\\xff"},
      {"", "[p] ", "[p] "},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(TerminalLine(row.text, "[p] ", true) == row.colored);
    CHECK(TerminalLine(row.text, "[p] ", false) == row.plain);
  }
}
