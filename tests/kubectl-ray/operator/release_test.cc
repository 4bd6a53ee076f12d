#include "kubectl-ray/operator/release.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("a release is found by its version, the newest by none") {
  const std::pair<const char*, const char*> rows[] = {
      {"1.5.1", "1.5.1"}, {"v1.5.1", "1.5.1"}, {"", "1.6.2"},  {"1.6.2", "1.6.2"},
      {"1.6", ""},        {"1.6.20", ""},      {"latest", ""}, {"V1.6.2", ""},
  };
  for (const auto& [asked, version] : rows) {
    INFO(asked);
    const auto found = FindOperatorRelease(asked);
    CHECK((found ? (*found)->version : "") == version);
  }
  const auto refused = FindOperatorRelease("1.4.\033[2J");
  REQUIRE(!refused);
  CHECK(refused.error().code == shared::ErrorCode::kUsage);
  CHECK(refused.error().message.find('\033') == std::string::npos);
  CHECK(refused.error().hint.find("1.5.1, 1.6.2") != std::string::npos);
}

TEST_CASE("releases differ in rights as KubeRay's do") {
  const std::set<Right> old_rights = RightsOf(OperatorReleases()[0].rules);
  const std::set<Right> rights = RightsOf(OperatorReleases()[1].rules);
  CHECK(old_rights.size() == 141);  // counted in KubeRay's own roles
  CHECK(rights.size() == 152);
  CHECK(old_rights.contains({"", "endpoints", "get"}));
  CHECK(!rights.contains({"", "endpoints", "get"}));
  CHECK(rights.contains({"ray.io", "raycronjobs/status", "patch"}));
  CHECK(!old_rights.contains({"ray.io", "raycronjobs/status", "patch"}));
}

TEST_CASE("rules of any shape give the rights that can be read") {
  const std::pair<const char*, std::size_t> rows[] = {
      {"null", 0},
      {"[]", 0},
      {"[null, 1, \"x\", {}]", 0},
      {R"([{"apiGroups": ["", "apps"], "resources": ["pods"], "verbs": ["get", "list", 7]}])", 4},
      {R"([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}, {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])",
       1},
  };
  for (const auto& [rules, count] : rows) {
    INFO(rules);
    CHECK(RightsOf(*shared::ParseJson(rules)).size() == count);
  }
}

TEST_CASE("versions are compared by their numbers") {
  const std::pair<const char*, std::vector<int>> rows[] = {
      {"1.6.2", {1, 6, 2}}, {"v1.10", {1, 10}}, {"v1.6.2-rc.0", {1, 6, 2}}, {"nightly", {}}, {"", {}},
      {"1..2", {1}},        {"before 1.1", {}}, {"99999999999", {}},
  };
  for (const auto& [text, numbers] : rows) {
    INFO(text);
    CHECK(VersionNumbers(text) == numbers);
  }
  CHECK(VersionNumbers("1.10") > VersionNumbers("1.9.9"));
}
