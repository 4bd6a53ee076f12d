#include "shared/http_client.h"

#include <catch2/catch_test_macros.hpp>

TEST_CASE("UrlEncode keeps the unreserved characters and nothing else") {
  CHECK(shared::UrlEncode("") == "");
  CHECK(shared::UrlEncode("aZ09-._~") == "aZ09-._~");
  CHECK(shared::UrlEncode("a/b c\xff") == "a%2Fb%20c%FF");
}
