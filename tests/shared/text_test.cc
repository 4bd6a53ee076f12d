#include "shared/text.h"

#include <catch2/catch_test_macros.hpp>
#include <cerrno>

using namespace shared;

TEST_CASE("EscapeControl shows what a terminal would obey") {
  const struct {
    std::string_view in, out;
  } rows[] = {
      {"", ""},
      {"plain\ttext\n", "plain\ttext\n"},
      {"\x1b[31mred", "\\x1b[31mred"},
      {std::string_view("a\0b", 3), "a\\x00b"},
      {"\x7f", "\\x7f"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xc2\x9b"
       "31m",
       "\\xc2\\x9b31m"},  // the C1 form of ESC [
      {"\xff\xfe", "\\xff\\xfe"},
      {"cut \xe2\x82", "cut \\xe2\\x82"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // a surrogate
  };
  for (const auto& row : rows) CHECK(EscapeControl(row.in) == row.out);
}

TEST_CASE("IsUtf8 is RFC 3629") {
  CHECK(IsUtf8(""));
  CHECK(IsUtf8("\xf0\x9f\x98\x80"));
  CHECK_FALSE(IsUtf8("\xc0\x80"));
  CHECK_FALSE(IsUtf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(IsUtf8("\x80"));
}

TEST_CASE("NearestName offers only what is near") {
  const std::vector<std::string> names = {"demo", "training", "prod"};
  CHECK(NearestName("dmeo", names) == "demo");
  CHECK(NearestName("trainig", names) == "training");
  CHECK(NearestName("zzzz", names).empty());
  CHECK(NearestName("", names).empty());
  CHECK(NearestName(std::string(100000, 'a'), names).empty());
  CHECK(DidYouMean("demo1", names) == "Did you mean \"demo\"?");
}

TEST_CASE("a message begins small, an abbreviation does not") {
  CHECK(Uncapitalized("").empty());
  CHECK(Uncapitalized("A") == "a");
  CHECK(Uncapitalized("No such file") == "no such file");
  CHECK(Uncapitalized("TLS alert") == "TLS alert");
  CHECK(Uncapitalized("already small") == "already small");
  CHECK(Uncapitalized("\xc3\x84") == "\xc3\x84");
  CHECK(ErrnoText(ENOENT) == "no such file or directory");
}

TEST_CASE("FormatBytes uses the IEC units") {
  CHECK(FormatBytes(0) == "0 B");
  CHECK(FormatBytes(1023) == "1023 B");
  CHECK(FormatBytes(1536) == "1.5 KiB");
  CHECK(FormatBytes(100ull << 20) == "100 MiB");
}

TEST_CASE("Trim takes the white space around a text, and no other") {
  CHECK(Trim("") == "");
  CHECK(Trim(" \t\r\n\v\f") == "");
  CHECK(Trim("a") == "a");
  CHECK(Trim("\n a b\t\r\n") == "a b");
}

TEST_CASE("FirstLine ends before the newline") {
  CHECK(FirstLine("") == "");
  CHECK(FirstLine("one") == "one");
  CHECK(FirstLine("one\ntwo\nthree") == "one");
  CHECK(FirstLine("\ntwo") == "");
}

TEST_CASE("AppendUpTo never exceeds its limit") {
  const struct {
    std::string_view text, more, out;
  } rows[] = {
      {"", "", ""},          {"", "abc", "abc"},    {"", "abcd", "abcd"},
      {"ab", "cde", "abcd"}, {"abcd", "e", "abcd"}, {"longer", "e", "longer"},
  };
  for (const auto& row : rows) {
    std::string text(row.text);
    AppendUpTo(&text, row.more, 4);
    CHECK(text == row.out);
  }
}

TEST_CASE("Joined has separators between words alone") {
  CHECK(Joined({}).empty());
  CHECK(Joined({"a"}) == "a");
  CHECK(Joined({"a", "", "b"}) == "a, , b");
  CHECK(Joined({"a", "b"}, " ") == "a b");
}

TEST_CASE("Counted has one of a noun without an s") {
  CHECK(Counted(0, "pod") == "0 pods");
  CHECK(Counted(1, "pod") == "1 pod");
  CHECK(Counted(-1, "pod") == "-1 pods");
  CHECK(Counted(INT64_MAX, "worker pod") == "9223372036854775807 worker pods");
}
