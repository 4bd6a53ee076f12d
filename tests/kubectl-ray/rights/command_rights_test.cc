#include "kubectl-ray/rights/command_rights.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

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

TEST_CASE("who may use --start may do what up does") {
  const auto rights_of = [](const std::string& command) {
    std::set<std::string> rights;
    for (const NeededRight& right : *NeededRights(command))
      for (const std::string& verb : right.verbs)
        rights.insert(right.group + "/" + right.resource + " " + verb);
    return rights;
  };
  const std::set<std::string> up = rights_of("up");
  for (const char* command : {"attach", "exec", "submit"}) {
    INFO(command);
    const std::set<std::string> own = rights_of(command);
    CHECK(std::includes(own.begin(), own.end(), up.begin(), up.end()));
  }
  // Copying files makes nothing.
  const std::set<std::string> copying = {"/pods list", "/pods/exec create", "/pods/exec get"};
  CHECK(rights_of("rsync-up") == copying);
  CHECK(rights_of("rsync-down") == copying);
}
