#include "kubectl-ray/cli/progress.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

namespace {

// Returns what a Progress writes to stderr for these texts.
std::string Shown(bool terminal, int width, const std::vector<std::string>& texts) {
  std::istringstream in;
  std::ostringstream out, err;
  kubectl_ray::Streams io{.in = in, .out = out, .err = err, .err_is_terminal = terminal, .width = width};
  {
    kubectl_ray::Progress progress(io);
    for (const std::string& text : texts) progress.Show(text);
  }
  CHECK(out.str().empty());
  return err.str();
}

}  // namespace

TEST_CASE("a progress is one line that changes on a terminal, and a line for each change elsewhere") {
  CHECK(Shown(true, 80, {"one", "two"}) == "\r\033[K[0s] one\r\033[K[0s] two\r\033[K");
  CHECK(Shown(false, 80, {"one", "one", "two"}) == "one\ntwo\n");
  CHECK(Shown(false, 80, {}).empty());
}

TEST_CASE("a progress is escaped, and cut between characters") {
  CHECK(Shown(false, 80, {"a\nb\033[2J"}) == "a b\\x1b[2J\n");
  CHECK(Shown(true, 9, {"a\xc3\xa4\xc3\xa4"}) == "\r\033[K[0s] a\xc3\xa4\r\033[K");
}
