#include "ray-init-agent/json_escape.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using ray_init_agent::AppendJsonEscaped;

namespace {

std::string Escaped(std::string_view text) {
  std::string out = "before ";
  AppendJsonEscaped(text, &out);
  REQUIRE(out.starts_with("before "));
  return out.substr(7);
}

}  // namespace

TEST_CASE("what needs an escape in JSON is found at any place of a line of any length") {
  struct Row {
    std::string_view text, escaped;
  };
  const Row rows[] = {{"\"", "\\\""},
                      {"\\", "\\\\"},
                      {"\n", "\\n"},
                      {"\t", "\\t"},
                      {"\r", "\\r"},
                      {std::string_view("\0", 1), "\\u0000"},
                      {"\x1f", "\\u001f"},
                      {"\x7f", "\\u007f"},
                      {" ", " "},
                      {"~", "~"},
                      {"\x80", "\\\\x80"},
                      {"\xff", "\\\\xff"},
                      {"\xc3\xa9", "\xc3\xa9"},
                      {"\xc3\"", "\\\\xc3\\\""}};
  for (const Row& row : rows)
    for (std::size_t before = 0; before < 50; ++before)
      for (std::size_t after = 0; after < 50; ++after) {
        const std::string front(before, 'a'), back(after, 'z');
        REQUIRE(Escaped(front + std::string(row.text) + back) == front + std::string(row.escaped) + back);
      }
}

TEST_CASE("a UTF-8 sequence is one as Unicode defines it, and otherwise bytes") {
  CHECK(Escaped("\xf0\x9f\x98\x80") == "\xf0\x9f\x98\x80");
  CHECK(Escaped("\xe0\x80\x80") == "\\\\xe0\\\\x80\\\\x80");                       // overlong
  CHECK(Escaped("\xed\xa0\x80") == "\\\\xed\\\\xa0\\\\x80");                       // a surrogate
  CHECK(Escaped("\xf4\x90\x80\x80") == "\\\\xf4\\\\x90\\\\x80\\\\x80");            // above U+10FFFF
  CHECK(Escaped("0123456789abcdef\xe2\x82") == "0123456789abcdef\\\\xe2\\\\x82");  // cut off
}
