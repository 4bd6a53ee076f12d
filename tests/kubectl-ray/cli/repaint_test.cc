#include "kubectl-ray/cli/repaint.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::Repaint;

TEST_CASE("a screen is written over the one before, and cut to the window") {
  CHECK(Repaint("", 24) == "\033[H\033[J");
  CHECK(Repaint("a\n\nb\n", 24) == "\033[Ha\033[K\n\033[K\nb\033[K\n\033[J");
  CHECK(Repaint("a\nb", 24) == "\033[Ha\033[K\nb\033[K\n\033[J");
  // The last row stays empty, because the cursor is on the line after the last one.
  CHECK(Repaint("a\nb\nc\n", 4) == "\033[Ha\033[K\nb\033[K\nc\033[K\n\033[J");
  CHECK(Repaint("a\nb\nc\nd\n", 4) == "\033[Ha\033[K\nb\033[K\n...\033[K\n\033[J");
  CHECK(Repaint("a\nb\n", 1) == "\033[H...\033[K\n\033[J");
}
