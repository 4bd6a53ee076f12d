#include "kubectl-ray/jobs/dashboard.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::ErrorCode;

// As Ray's own `ray job submit --address` takes it (dashboard/modules/dashboard_sdk.py,
// parse_cluster_info, 2.52).
TEST_CASE("--address is a URL, with http:// if it has no scheme") {
  const std::pair<const char*, const char*> rows[] = {
      {"10.0.0.5:8265", "http://10.0.0.5:8265"},
      {"http://ray", "http://ray"},
      {"https://ray.example.com/a/", "https://ray.example.com/a"},
      {"[::1]:8265//", "http://[::1]:8265"},
      {"http://10.0.0.5:8265/#/overview", "http://10.0.0.5:8265"},
      {"https://ray.example.com/a/?x=1#/jobs", "https://ray.example.com/a"},
  };
  for (const auto& [typed, url] : rows) {
    INFO(typed);
    const auto normalized = NormalizeAddress(typed);
    REQUIRE(normalized);
    CHECK(*normalized == url);
  }
  for (const char* bad : {"ray://10.0.0.5:10001", "http://", "https:///", "/", "#/overview", "http://?x"}) {
    INFO(bad);
    const auto normalized = NormalizeAddress(bad);
    REQUIRE(!normalized);
    CHECK(normalized.error().code == ErrorCode::kUsage);
  }
}

TEST_CASE("--headers is a JSON object of strings without a line end") {
  CHECK(ParseHeaders("--headers", "")->empty());
  CHECK(*ParseHeaders("--headers", R"({"X-Team":"ml","A":""})") ==
        shared::HttpHeaders{{"X-Team", "ml"}, {"A", ""}});
  for (const char* bad : {"{", "[]", R"({"X-Team":1})", R"({"":"x"})", R"({"X Y":"x"})",
                          R"({"X":"a\r\nB: c"})", R"({"X:":"a"})"}) {
    INFO(bad);
    const auto headers = ParseHeaders("$RAY_JOB_HEADERS", bad);
    REQUIRE(!headers);
    CHECK(headers.error().code == ErrorCode::kUsage);
    CHECK(headers.error().message.starts_with("cannot read $RAY_JOB_HEADERS: "));
  }
}
