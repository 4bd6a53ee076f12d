#include "ray-init-agent/gcs_address.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;

TEST_CASE("ParseGcsAddress reads host:port in every form") {
  const struct {
    std::string_view text;
    GcsAddress address;
    std::string_view shown;
  } rows[] = {
      {"head", {"head", 6379}, "head:6379"},
      {"head-svc.ns.svc.cluster.local:6380",
       {"head-svc.ns.svc.cluster.local", 6380},
       "head-svc.ns.svc.cluster.local:6380"},
      {"10.0.0.1:1", {"10.0.0.1", 1}, "10.0.0.1:1"},
      {"fd00::1", {"fd00::1", 6379}, "[fd00::1]:6379"},
      {"[fd00::1]", {"fd00::1", 6379}, "[fd00::1]:6379"},
      {"[::1]:65535", {"::1", 65535}, "[::1]:65535"},
      {"[fe80::1%eth0]:6379", {"fe80::1%eth0", 6379}, "[fe80::1%eth0]:6379"},
      {"my_head:6379", {"my_head", 6379}, "my_head:6379"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    auto address = ParseGcsAddress(row.text);
    REQUIRE(address);
    CHECK(*address == row.address);
    CHECK(address->ToText() == row.shown);
  }
}

TEST_CASE("ParseGcsAddress refuses what is no address") {
  for (std::string_view text : {"", ":6379", "head:", "head:0", "head:65536", "head:+1", "head:63x",
                                "ray://head:10001", "http://head", "a b", "[fd00::1", "[head]:1",
                                "fd00::1::2:3:zz", "[::1]6379", "--address", "head/path", "\xff"}) {
    INFO(text);
    REQUIRE_FALSE(ParseGcsAddress(text));
    CHECK(ParseGcsAddress(text).error().code == shared::ErrorCode::kUsage);
  }
  CHECK_FALSE(ParseGcsAddress(std::string(100000, 'a')));
}
