#include "shared/html.h"

#include <catch2/catch_test_macros.hpp>

using shared::IsHtml;
using shared::PageWords;

TEST_CASE("a page is named by its title, else its first words") {
  const std::pair<const char*, const char*> rows[] = {
      // nginx 1.24's own page, with its line ends.
      {"<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 "
       "Request "
       "Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
       "413 Request Entity Too Large"},
      {"<!DOCTYPE HTML><HTML><HEAD><TITLE lang=en>\n Sign\tin </TITLE>", "Sign in"},
      {"<html><title></title><p>sign in</p></html>", "sign in"},
      {"<html><title>never ends", "never ends"},
      {"<html><title", ""},
      {"plain words\nof two lines", "plain words of two lines"},
      {"", ""},
      {"<", ""},
  };
  for (const auto& [body, words] : rows) {
    INFO(body);
    CHECK(PageWords(body) == words);
  }
  CHECK(PageWords(std::string(5'000'000, 'a')).size() < 200);
}

TEST_CASE("what is a page") {
  for (const char* body : {"<html>", "<HTML lang=en>", " <!DOCTYPE html>x", "<?xml?><html>"})
    CHECK(IsHtml(body));
  for (const char* body : {"", "{}", "a < b", "<htm", "not <ht ml>"}) CHECK_FALSE(IsHtml(body));
}
