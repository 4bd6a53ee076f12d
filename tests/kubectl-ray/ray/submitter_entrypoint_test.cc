#include "kubectl-ray/ray/submitter_entrypoint.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>

#include "kubectl-ray/ray/entrypoint.h"

using kubectl_ray::QuoteForShell;
using kubectl_ray::QuoteForSubmitter;

namespace {

std::string RunShell(const std::string& command) {
  FILE* shell = popen(command.c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = fread(buffer.data(), 1, buffer.size(), shell)) > 0;) out.append(buffer.data(), n);
  pclose(shell);
  return out;
}

// What Python's subprocess.list2cmdline makes of a word.
std::string InCommandLine(const std::string& word) {
  const bool quotes = word.empty() || word.find_first_of(" \t") != word.npos;
  std::string text = quotes ? "\"" : "", backslashes;
  for (const char c : word) {
    if (c == '\\') {
      backslashes += c;
      continue;
    }
    text += backslashes + (c == '"' ? backslashes + '\\' : "") + c;
    backslashes.clear();
  }
  return text + backslashes + (quotes ? backslashes + "\"" : "");
}

// What the driver's node runs of an entrypoint: a shell splits it, list2cmdline joins the words, a shell
// splits that.
std::string RunAsSubmitted(const std::string& entrypoint) {
  std::string line, word;
  for (const char c : RunShell("printf '%s\\0' " + entrypoint)) {
    if (c != '\0') {
      word += c;
      continue;
    }
    line += (line.empty() ? "" : " ") + InCommandLine(word);
    word.clear();
  }
  return RunShell(line);
}

}  // namespace

TEST_CASE("what the submitter does not change stays readable") {
  CHECK(QuoteForSubmitter({"python", "train.py", "--lr=0.1"}).value_or("") == "python train.py --lr=0.1");
  CHECK(QuoteForSubmitter({"python", "-c", "print(\"a\", 1)"}).value_or("") == "python -c 'print(\"a\", 1)'");
  CHECK(QuoteForSubmitter({"echo", "it's here"}).value_or("") == R"(echo 'it'\''s here')");
}

TEST_CASE("every word arrives through KubeRay's submitter byte for byte") {
  const std::vector<std::string> arguments = {"",          "print(\"a\")", "print(\"a\", 1)",
                                              "it's",      "it's here",    "\"x\"",
                                              "a && b",    "a&&b",         "$HOME",
                                              "a $HOME b", "`id` $(id)",   "  two  spaces  ",
                                              " ",         "a\nb",         "a \n b\n",
                                              "\\",        "\\\"",         "a \\ b",
                                              "a\\ \"b\"", "'\"'",         "*",
                                              "~",         "-n",           "!x",
                                              "#c",        "café",         "a\tb",
                                              "A=1",       "{a,b}",        "a;b|c>d<e",
                                              "$\n\"'"};
  std::vector<std::string> argv = {"/usr/bin/printf", "%s\\0"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::string expected;
  for (const std::string& argument : arguments) expected += argument + '\0';
  const auto entrypoint = QuoteForSubmitter(argv);
  REQUIRE(entrypoint);
  CHECK(RunAsSubmitted(*entrypoint) == expected);
}

TEST_CASE("a command line for the shell runs as one") {
  const auto entrypoint =
      QuoteForSubmitter({"sh", "-c", "X=\"a  b\"; echo \"$X\" | tr a c && echo 'it is'\n"});
  REQUIRE(entrypoint);
  CHECK(RunAsSubmitted(*entrypoint) == "c  b\nit is\n");
}

TEST_CASE("what the submitter would change is refused") {
  CHECK(!QuoteForSubmitter({"echo", "$a\tb"}));
  CHECK(!QuoteForSubmitter({"echo", "\xff"}));
  CHECK(kubectl_ray::SurvivesDoubleQuotes(R"({"a": "b\n"})"));
  CHECK(!kubectl_ray::SurvivesDoubleQuotes("$a"));
  CHECK(!kubectl_ray::SurvivesDoubleQuotes("`a`"));
}
