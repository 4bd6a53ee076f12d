#include "kubectl-ray/rights/command_rights.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::At;
using shared::Json;

namespace {

bool Names(const Json& role, const std::string& resource) {
  for (const Json& rule : At(role, {"rules"}))
    if (rule["resources"][0] == resource) return true;
  return false;
}

}  // namespace

TEST_CASE("a Role holds each resource once, for the clusters that it is for") {
  const Json both = RoleFor({"create cluster", "job submit"}, ClusterKinds::kBoth, "r", "team");
  CheckGolden("commands/rights.yaml", DumpYaml(both));
  CHECK(At(both, {"kind"}) == "Role");
  const Json rays = RoleFor({"create cluster"}, ClusterKinds::kOperator, "r", "team");
  CHECK((Names(rays, "rayclusters") && !Names(rays, "deployments") && !Names(rays, "services")));
  const Json plain = RoleFor({"create cluster"}, ClusterKinds::kPlain, "r", "team");
  CHECK((!Names(plain, "rayclusters") && Names(plain, "deployments") && Names(plain, "services")));
  // Only what a ClusterRole can give.
  CHECK(!Names(RoleFor({"version"}, ClusterKinds::kBoth, "r", "team"), "deployments"));
  const Json wide = RoleFor({"version"}, ClusterKinds::kBoth, "r", "");
  CHECK((Names(wide, "deployments") && At(wide, {"kind"}) == "ClusterRole"));
  CHECK(At(wide, {"metadata"}) == Json{{"name", "r"}});
  CHECK(At(RoleFor({"options"}, ClusterKinds::kBoth, "r", "x"), {"rules"}) == Json::array());
}

TEST_CASE("a Role of who looks into pods changes nothing in the cluster") {
  for (const char* command : {"attach", "exec", "submit", "rsync-up", "rsync-down", "logs"})
    for (const NeededRight& right : *NeededRights(command))
      for (const std::string& verb : right.verbs) {
        INFO(command << " " << right.resource << " " << verb);
        CHECK((verb == "get" || verb == "list" || verb == "watch" || right.resource.starts_with("pods/")));
      }
}

TEST_CASE("what takes files may change each of Ray's kinds") {
  for (const char* command : {"apply", "inject", "uninject"}) {
    INFO(command);
    const Json role = RoleFor({command}, ClusterKinds::kOperator, "r", "team");
    for (const char* kind : {"rayclusters", "rayjobs", "rayservices", "raycronjobs"})
      CHECK(Names(role, kind));
  }
}
