#include "kubectl-ray/cli/print_diff.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

using namespace kubectl_ray;

namespace {

const char* const kDiff = "--- a\n+++ a\n@@ -1,2 +1,2 @@\n x\n-\033[2J\n+b\n";

std::string Printed(const std::string& diff, bool terminal, bool color) {
  std::istringstream in;
  std::ostringstream out, err;
  Streams io{.in = in, .out = out, .err = err, .out_is_terminal = terminal, .color = color};
  PrintDiff(io, diff);
  CHECK(err.str().empty());
  return out.str();
}

}  // namespace

TEST_CASE("a diff is bytes for a file, and safe and coloured on a terminal") {
  CHECK(Printed(kDiff, false, true) == kDiff);
  CHECK(Printed(kDiff, true, false) == "--- a\n+++ a\n@@ -1,2 +1,2 @@\n x\n-\\x1b[2J\n+b\n");
  CHECK(Printed(kDiff, true, true) ==
        "\033[1m--- a\033[0m\n\033[1m+++ a\033[0m\n\033[36m@@ -1,2 +1,2 @@\033[0m\n "
        "x\n\033[31m-\\x1b[2J\033[0m\n"
        "\033[32m+b\033[0m\n");
  CHECK(Printed("", true, true).empty());
  CHECK(Printed("+no line break", true, false) == "+no line break\n");
}
