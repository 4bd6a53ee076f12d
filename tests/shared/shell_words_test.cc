#include "shared/shell_words.h"

#include <catch2/catch_test_macros.hpp>

using namespace shared;

namespace {

std::optional<std::string> Lookup(const std::string& name) {
  if (name == "HOST") return "head-svc";
  if (name == "SPACED") return "a b";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

}  // namespace

TEST_CASE("SplitShellWords follows POSIX quoting") {
  const struct {
    std::string_view text;
    std::vector<std::string> words;
  } rows[] = {
      {"", {}},
      {"  \t\n", {}},
      {"ray start  --head ", {"ray", "start", "--head"}},
      {"a'b c'd", {"ab cd"}},
      {R"("a \"b\" \c")", {"a \"b\" \\c"}},
      {R"(a\ b \'c\')", {"a b", "'c'"}},
      {"'' \"\"", {"", ""}},
      {"a\\\nb\n", {"ab"}},
      {"$HOST:6379", {"head-svc:6379"}},
      {"${HOST} '$HOST' \\$HOST", {"head-svc", "$HOST", "$HOST"}},
      {"${NONE:-65536} ${EMPTY:-x} ${HOST:-x}", {"65536", "x", "head-svc"}},
      {"$SPACED", {"a b"}},
      {"--p=$NONE", {"--p="}},
      {"a$ $", {"a$", "$"}},
      {R"(--resources={"a": 1, "b}": 2} --x)", {R"(--resources={"a": 1, "b}": 2})", "--x"}},
      {R"({"a":1})", {R"({"a":1})"}},
      {"--x={a,b}", {"--x={a,b}"}},
      {R"("{\"TPU\": 4}")", {R"({"TPU": 4})"}},
      {R"('"{\"TPU\": 4}"')", {R"("{\"TPU\": 4}")"}},
      {"\xff\xfe", {"\xff\xfe"}},
      {"a#b", {"a#b"}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    auto words = SplitShellWords(row.text, Lookup);
    REQUIRE(words);
    CHECK(*words == row.words);
  }
}

TEST_CASE("SplitShellWords leaves references alone without variables") {
  CHECK(*SplitShellWords("--a=$FQ_RAY_IP:${RAY_PORT:-1}", nullptr) ==
        std::vector<std::string>{"--a=$FQ_RAY_IP:${RAY_PORT:-1}"});
}

TEST_CASE("SplitShellWords refuses what only a shell can do") {
  const std::string_view rows[] = {"ray; rm", "a && b", "a | b", "a > b",  "$(id)",    "\"$(id)\"",
                                   "`id`",    "a\nb",   "'open", "\"open", "open\\",   "${X",
                                   "${X:=y}", "${}",    "# no",  "(a)",    "\"`id`\"", "\"${X:=y}\""};
  for (std::string_view row : rows) {
    INFO(row);
    auto words = SplitShellWords(row, Lookup);
    REQUIRE_FALSE(words);
    CHECK(words.error().code == ErrorCode::kUsage);
  }
  CHECK_FALSE(SplitShellWords(std::string_view("a\0b", 3), Lookup));
}

TEST_CASE("an error of SplitShellWords shows no text") {
  CHECK(SplitShellWords("ray start --redis-password=hunter2 ;", Lookup).error().message ==
        "cannot read the command line: it has the shell's \";\" at byte 35");
}

TEST_CASE("QuoteShellWord is undone by SplitShellWords") {
  for (std::string word :
       {"", "plain", "a b", "it's", "$HOME", "{\"a\": 1}", "a\nb", "\xff", "#", "--k=v,w"}) {
    INFO(word);
    CHECK(*SplitShellWords(QuoteShellWord(word), Lookup) == std::vector<std::string>{word});
  }
  CHECK(QuoteShellWord("--num-cpus=1") == "--num-cpus=1");
  CHECK(QuoteShellWord("it's") == "'it'\\''s'");
}
