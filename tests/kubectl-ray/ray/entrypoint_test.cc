#include "kubectl-ray/ray/entrypoint.h"

#include <catch2/catch_test_macros.hpp>

#include "shared/text.h"
#include "tests/support/shell.h"

using kubectl_ray::EntrypointInOneLine;
using kubectl_ray::QuoteForShell;

TEST_CASE("words that need no quotes have none") {
  CHECK(QuoteForShell({"python", "pi.py", "--lr=0.1", "a@b:c"}) == "python pi.py --lr=0.1 a@b:c");
  CHECK(QuoteForShell({}) == "");
}

TEST_CASE("the first word is a command and nothing else") {
  CHECK(QuoteForShell({"A=1", "b"}) == "'A=1' b");
  CHECK(QuoteForShell({"if"}) == "'if'");
  CHECK(QuoteForShell({"echo", "if", "A=1"}) == "echo if A=1");
}

TEST_CASE("every argument arrives byte for byte") {
  const std::string every_byte = [] {
    std::string all;
    for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
    return all;
  }();
  const std::vector<std::string> arguments = {"",           "print(1 + 2)", "it's",
                                              "\"x\"",      "a && b",       "$HOME `id` $(id)",
                                              "a\nb\n",     "\n",           "*",
                                              "~",          "-n",           "\\",
                                              "!x",         "#c",           "caf\u00e9",
                                              "\xff\xfe\n", "\xff",         "x\xff'\n\n",
                                              "\xe2\x82",   every_byte,     std::string(70000, 'x'),
                                              "[1,2]",      "{a,b}",        "a;b|c>d<e"};
  std::vector<std::string> argv = {"/usr/bin/printf", "%s\\0"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const std::string command = QuoteForShell(argv);
  CHECK(shared::IsUtf8(command));
  std::string expected;
  for (const std::string& argument : arguments) expected += argument + '\0';
  CHECK(RunShell(command) == expected);
}

TEST_CASE("an entrypoint takes one line of a table") {
  CHECK(EntrypointInOneLine("", 3).empty());
  CHECK(EntrypointInOneLine("abc", 3) == "abc");
  CHECK(EntrypointInOneLine("abcd", 3) == "abc...");
  CHECK(EntrypointInOneLine("a\nb\n", 9) == "a b ");
  CHECK(EntrypointInOneLine("ab\u00e9d", 3) == "ab...");  // not half of a character
  CHECK(EntrypointInOneLine("\u00e9\u00e9", 1) == "...");
}
