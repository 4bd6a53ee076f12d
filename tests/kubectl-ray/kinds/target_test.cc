#include "kubectl-ray/kinds/target.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::ParseTarget;
using kubectl_ray::Target;
using kubectl_ray::TargetKind;

TEST_CASE("NAME and TYPE/NAME") {
  const std::pair<std::string, Target> rows[] = {
      {"demo", {TargetKind::kCluster, "demo"}},
      {"a.b-c.1", {TargetKind::kCluster, "a.b-c.1"}},
      {"raycluster/demo", {TargetKind::kCluster, "demo"}},
      {"RayClusters/demo", {TargetKind::kCluster, "demo"}},
      {"cluster/demo", {TargetKind::kCluster, "demo"}},
      {"rayjob/j", {TargetKind::kJob, "j"}},
      {"jobs/j", {TargetKind::kJob, "j"}},
      {"rayservice/s", {TargetKind::kService, "s"}},
      {"services/s", {TargetKind::kService, "s"}},
  };
  for (const auto& [text, target] : rows) {
    INFO(text);
    const auto parsed = ParseTarget(text);
    REQUIRE(parsed.has_value());
    CHECK(*parsed == target);
  }
}

TEST_CASE("what is no target is a usage error") {
  for (const std::string& text :
       {std::string(), std::string("/"), std::string("raycluster/"), std::string("/demo"),
        std::string("pod/x"), std::string("a/b/c"), std::string("raycluster/a/b"), std::string("Demo"),
        std::string("-x"), std::string("--help"), std::string("x-"), std::string("a..%2f"),
        std::string("\xff"), std::string("x\0y", 3), std::string(254, 'a')}) {
    INFO(text);
    const auto parsed = ParseTarget(text);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().code == shared::ErrorCode::kUsage);
  }
  CHECK(ParseTarget(std::string(253, 'a')).has_value());
}
