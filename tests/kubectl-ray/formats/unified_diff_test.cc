#include "kubectl-ray/formats/unified_diff.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("a difference is as diff -u prints it", "[unified_diff]") {
  struct {
    std::string_view from, to, diff;
  } const rows[] = {
      {"a\n", "a\n", ""},
      {"", "", ""},
      {"", "a\n", "--- x\n+++ y\n@@ -0,0 +1 @@\n+a\n"},
      {"a\n", "", "--- x\n+++ y\n@@ -1 +0,0 @@\n-a\n"},
      {"a\nb\nc\n", "a\nB\nc\n", "--- x\n+++ y\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
      {"a", "a\n", "--- x\n+++ y\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
      {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n5\n6\n7\n8\n9\n",
       "--- x\n+++ y\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n"},
      // Six equal lines between two changes make one hunk, seven make two.
      {"a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
       "--- x\n+++ y\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
      {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
       "--- x\n+++ y\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.from, row.to);
    CHECK(UnifiedDiff("x", row.from, "y", row.to) == row.diff);
  }
}

TEST_CASE("thousands of changed lines are one hunk", "[unified_diff]") {
  std::string from = "same\n", to = "same\n";
  for (int i = 0; i < 3000; ++i) {
    from += "old " + std::to_string(i) + "\n";
    to += "new " + std::to_string(i) + "\n";
  }
  const std::string diff = UnifiedDiff("x", from, "y", to);
  CHECK(diff.starts_with("--- x\n+++ y\n@@ -1,3001 +1,3001 @@\n same\n-old 0\n"));
  CHECK(diff.ends_with("+new 2999\n"));
}
