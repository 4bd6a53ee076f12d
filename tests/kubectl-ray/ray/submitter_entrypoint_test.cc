#include "kubectl-ray/ray/submitter_entrypoint.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/ray/entrypoint.h"
#include "tests/support/shell.h"

using kubectl_ray::QuoteForShell;
using kubectl_ray::QuoteForSubmitter;
using shared::RayRelease;

namespace {

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

// What Python's shlex.quote makes of a word.
std::string InPosixQuotes(const std::string& word) {
  const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\"'\"'" : std::string(1, c);
  return text + "'";
}

// What the driver's node runs of an entrypoint: a shell splits it, Ray joins the words, a shell splits that.
std::string RunAsSubmitted(const std::string& entrypoint, RayRelease release) {
  std::string line, word;
  for (const char c : RunShell("printf '%s\\0' " + entrypoint)) {
    if (c != '\0') {
      word += c;
      continue;
    }
    line +=
        (line.empty() ? "" : " ") + (release < RayRelease{2, 56} ? InCommandLine(word) : InPosixQuotes(word));
    word.clear();
  }
  return RunShell(line);
}

constexpr RayRelease kOld{2, 55}, kNew{2, 56};

}  // namespace

TEST_CASE("what the submitter does not change stays readable") {
  for (const std::optional<RayRelease>& release : {std::optional(kOld), std::optional(kNew), {}})
    CHECK(QuoteForSubmitter({"python", "train.py", "--lr=0.1"}, release).value_or("") ==
          "python train.py --lr=0.1");
  for (const RayRelease release : {kOld, kNew}) {
    CHECK(QuoteForSubmitter({"python", "-c", "print(\"a\", 1)"}, release).value_or("") ==
          "python -c 'print(\"a\", 1)'");
    CHECK(QuoteForSubmitter({"echo", "it's here"}, release).value_or("") == R"(echo 'it'\''s here')");
  }
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
  for (const RayRelease release : {kOld, kNew}) {
    const auto entrypoint = QuoteForSubmitter(argv, release);
    REQUIRE(entrypoint);
    CHECK(RunAsSubmitted(*entrypoint, release) == expected);
  }
  const auto tab = QuoteForSubmitter({"/usr/bin/printf", "%s", "$\t`"}, kNew);
  REQUIRE(tab);
  CHECK(RunAsSubmitted(*tab, kNew) == "$\t`");
}

TEST_CASE("a command line for the shell runs as one") {
  for (const RayRelease release : {kOld, kNew}) {
    const auto entrypoint =
        QuoteForSubmitter({"sh", "-c", "X=\"a  b\"; echo \"$X\" | tr a c && echo 'it is'\n"}, release);
    REQUIRE(entrypoint);
    CHECK(RunAsSubmitted(*entrypoint, release) == "c  b\nit is\n");
  }
}

TEST_CASE("what the submitter would change is refused") {
  const struct {
    std::vector<std::string> argv;
    std::optional<RayRelease> release;
    const char* error;
  } rows[] = {
      {{"echo", "$a\tb"},
       kOld,
       "cannot hand on the word \"$a\tb\": KubeRay's submitter changes a tab beside $, ` or \\"},
      {{"echo", "\xff"}, kOld, "cannot hand on a word that is not UTF-8"},
      {{"echo", "\xff"}, kNew, "cannot hand on a word that is not UTF-8"},
      {{"A=1", "x"},
       kNew,
       "cannot hand on the word \"A=1\": as the first one it means something to the shell of Ray's jobs"},
      {{"A=1", "x"},
       {},
       "cannot hand on the word \"A=1\": as the first one it means something to the shell of Ray's jobs"},
      {{"echo", "a b"},
       {},
       "cannot hand on the word \"a b\": its quotes depend on the release of Ray, which is not known"},
      {{"echo", ""},
       {},
       "cannot hand on the word \"\": its quotes depend on the release of Ray, which is not known"},
  };
  for (const auto& row : rows) {
    const auto quoted = QuoteForSubmitter(row.argv, row.release);
    REQUIRE(!quoted);
    CHECK(quoted.error().message == row.error);
  }
  CHECK(kubectl_ray::SurvivesDoubleQuotes(R"({"a": "b\n"})"));
  CHECK(!kubectl_ray::SurvivesDoubleQuotes("$a"));
  CHECK(!kubectl_ray::SurvivesDoubleQuotes("`a`"));
}
