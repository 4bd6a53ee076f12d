#include "kubectl-ray/services/serve_state.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ServeStateInWords;

TEST_CASE("the state of an application in one line, of a traceback its exception") {
  const struct {
    std::string message, words;
  } rows[] = {
      {"", ""},
      {"Deploying", ": Deploying"},
      {"a\n\nb\n", ": a; b"},
      {"Deploying app 'x' failed with exception:\nTraceback (most recent call last):\n  File \"a.py\", line "
       "1\n"
       "RuntimeError: Traceback (most recent call last):\n  File \"b.py\", line 2\nModuleNotFoundError: No "
       "module named 'no'\n\n",
       ": Deploying app 'x' failed with exception: ModuleNotFoundError: No module named 'no'"},
      {"Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 1", ": KeyError: 1"},
      {"failed\nTraceback (most recent call last):\n", ": failed; Traceback (most recent call last):"},
      {"one line: Traceback (most recent call last):", ": one line: Traceback (most recent call last):"},
  };
  for (const auto& row : rows)
    CHECK(ServeStateInWords("application", "x", "DEPLOY_FAILED", row.message) ==
          "application \"x\" is DEPLOY_FAILED" + row.words);
}
