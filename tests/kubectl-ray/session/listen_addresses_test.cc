#include "kubectl-ray/session/listen_addresses.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using Texts = std::vector<std::string>;

TEST_CASE("--address is read as kubectl port-forward reads it") {
  struct Row {
    Texts values;
    Texts addresses;
    const char* host;
    Texts open;
  };
  const Row rows[] = {
      {{}, {"127.0.0.1", "::1"}, "localhost", {}},
      {{"localhost"}, {"127.0.0.1", "::1"}, "localhost", {}},
      {{"localhost,127.0.0.1", "::1"}, {"127.0.0.1", "::1"}, "localhost", {}},
      {{"127.0.0.5"}, {"127.0.0.5"}, "127.0.0.5", {}},
      {{"0.0.0.0"}, {"0.0.0.0"}, "localhost", {"0.0.0.0"}},
      {{"::"}, {"::"}, "localhost", {"::"}},
      {{"localhost,0.0.0.0,10.0.0.5"}, {"::1", "0.0.0.0"}, "localhost", {"0.0.0.0"}},
      {{"::", "localhost"}, {"::", "127.0.0.1"}, "localhost", {"::"}},
      {{"10.0.0.5, fd00::0005"}, {"10.0.0.5", "fd00::5"}, "10.0.0.5", {"10.0.0.5", "fd00::5"}},
      {{"FD00:0::5"}, {"fd00::5"}, "[fd00::5]", {"fd00::5"}},
      {{"127.0.0.1", "10.0.0.5"}, {"127.0.0.1", "10.0.0.5"}, "localhost", {"10.0.0.5"}},
  };
  for (const Row& row : rows) {
    const auto addresses = ParseListenAddresses(row.values);
    REQUIRE(addresses);
    CHECK(*addresses == row.addresses);
    CHECK(UrlHost(*addresses) == row.host);
    CHECK(OpenToOthers(*addresses) == row.open);
  }
}

TEST_CASE("names, ports and scopes are no addresses") {
  for (const char* value :
       {"", "host", "1.2.3", "1.2.3.4:80", "[::1]", "fe80::1%eth0", "127.0.0.1,,::1", "*", "10.0.0.0/8"}) {
    INFO(value);
    const auto addresses = ParseListenAddresses({value});
    REQUIRE(!addresses);
    CHECK(addresses.error().code == shared::ErrorCode::kUsage);
  }
}
