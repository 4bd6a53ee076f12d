#include "kubectl-ray/manifests/names.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace kubectl_ray;

TEST_CASE("cluster names are judged by KubeRay's rule") {
  for (const std::string& good :
       {std::string("a"), std::string("demo"), std::string("a-1"), std::string(53, 'a')}) {
    INFO(good);
    CHECK(CheckClusterName(good));
  }
  struct Row {
    std::string name;
    const char* cause;
  };
  const Row rows[] = {
      {"", "it is empty"},
      {"Demo", "it is not a DNS label"},
      {"-a", "it is not a DNS label"},
      {"a-", "it is not a DNS label"},
      {"a.b", "it is not a DNS label"},
      {"1a", "it does not begin with a letter"},
      {"--wait", "it is not a DNS label"},
      {"\xc3\xa4", "it is not a DNS label"},
      {"\xff", "it is not a DNS label"},
      {std::string(54, 'a'), "it has 54 characters"},
      {std::string(100000, 'a'), "it has 100000 characters"},
  };
  for (const Row& row : rows) {
    INFO(row.name.substr(0, 60));
    auto status = CheckClusterName(row.name);
    REQUIRE(!status);
    CHECK(status.error().code == shared::ErrorCode::kUsage);
    CHECK(status.error().message.ends_with(row.cause));
    CHECK(status.error().message.size() < 200);
    CHECK(status.error().hint ==
          "Use lower case letters, digits and '-', beginning with a letter and ending with a letter or "
          "digit, at most 53 "
          "characters.");
  }
}

TEST_CASE("the error names the kind whose name it is, and how long that may be") {
  struct Row {
    NameRule rule;
    const char* what;
    std::size_t longest;  // KubeRay refuses the object if it is longer
  };
  const Row rows[] = {{kClusterNames, "a cluster's name", 53},
                      {kJobNames, "a RayJob's name", 47},
                      {kServiceNames, "a RayService's name", 47},
                      {kCronJobNames, "a RayCronJob's name", 36}};
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(CheckObjectName(row.rule, std::string(row.longest, 'a')));
    CHECK(!CheckObjectName(row.rule, std::string(row.longest + 1, 'a')));
    const auto status = CheckObjectName(row.rule, "My_Job");
    REQUIRE(!status);
    CHECK(status.error().message ==
          "cannot use \"My_Job\" as " + std::string(row.what) + ": it is not a DNS label");
    CHECK(status.error().hint.find("at most " + std::to_string(row.longest)) != std::string::npos);
  }
}

TEST_CASE("group names, label keys and values") {
  CHECK(CheckGroupName("1-gpu"));
  CHECK(!CheckGroupName("GPU"));
  CHECK(!CheckGroupName(std::string(64, 'a')));
  CHECK(CheckLabelKey("a label", "app"));
  CHECK(CheckLabelKey("a label", "example.com/App_1.x"));
  CHECK(!CheckLabelKey("a label", ""));
  CHECK(!CheckLabelKey("a label", "/app"));
  CHECK(!CheckLabelKey("a label", "example.com/"));
  CHECK(!CheckLabelKey("a label", "Example.com/app"));
  CHECK(!CheckLabelKey("a label", std::string(64, 'a')));
  CHECK(CheckLabelValue("a label", ""));
  CHECK(CheckLabelValue("a label", "v1.0_x"));
  CHECK(!CheckLabelValue("a label", "a b"));
  CHECK(!CheckLabelValue("a label", "-a"));
}
