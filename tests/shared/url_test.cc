#include "shared/url.h"

#include <catch2/catch_test_macros.hpp>

TEST_CASE("UrlEncode keeps the unreserved characters and nothing else") {
  CHECK(shared::UrlEncode("") == "");
  CHECK(shared::UrlEncode("aZ09-._~") == "aZ09-._~");
  CHECK(shared::UrlEncode("a/b c\xff") == "a%2Fb%20c%FF");
}

TEST_CASE("HostAndPort leaves out what is secret or says nothing of where") {
  const struct {
    std::string_view url, host_and_port;
  } rows[] = {
      {"", ""},
      {"http://", ""},
      {"head-svc:8265", "head-svc:8265"},
      {"https://10.0.0.1:6443/api?x=http://y#z", "10.0.0.1:6443"},
      {"https://user:p@ss@proxy:3128", "proxy:3128"},
      {"http://[fd00::1]:8265/", "[fd00::1]:8265"},
      {"http://host?at=@", "host"},
      {"\xff://\xfe:1", "\xfe:1"},
  };
  for (const auto& row : rows) CHECK(shared::HostAndPort(row.url) == row.host_and_port);
}
