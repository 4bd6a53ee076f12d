#include "kubectl-ray/commands/command_rights.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "kubectl-ray/formats/yaml.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::At;
using shared::Json;

namespace {

using Words = std::vector<std::string>;

Words Named(const Words& words) {
  const auto commands = CommandsNamed(words);
  return commands ? *commands : Words{"refused: " + commands.error().message + " | " + commands.error().hint};
}

bool Names(const Json& role, const std::string& resource) {
  for (const Json& rule : At(role, {"rules"}))
    if (rule["resources"][0] == resource) return true;
  return false;
}

}  // namespace

TEST_CASE("words name commands, the longest path first, and each once in the table's order") {
  CHECK(Named({"job", "submit"}) == Words{"job submit"});
  CHECK(Named({"job submit", "status"}) == Words{"status", "job submit"});
  CHECK(Named({"logs", "job", "logs", "job", "logs"}) == Words{"job logs", "logs"});
  CHECK(Named({"create"}) == Words{"create cluster", "create workergroup"});
  CHECK(Named({"create", "scale", "cluster"}) ==
        Words{"create cluster", "create workergroup", "scale cluster"});
  CHECK(Named({"session"}) == Words{"session"});
  CHECK(Named({"session", "list"}) == Words{"session list"});
  CHECK(Named({"log"}) == Words{"log"});  // hidden, but meant
  CHECK(Named({"  "}).empty());
  const Words all = Named({});
  CHECK(all.size() > 25);
  for (const std::string& command : all) CHECK(command != "log");
  CHECK(
      Named({"operator", "install"})[0].starts_with("refused: cannot print a Role for \"operator install\""));
  CHECK(Named({"operator", "images"}) == Words{"operator images"});
  CHECK(Named({"job", "sumbit"})[0].starts_with("refused: there is no command \"sumbit\""));
  CHECK(Named({"stats"})[0] == "refused: there is no command \"stats\" | Did you mean \"status\"?");
  CHECK(Named({"\x1b["})[0].find('\x1b') == std::string::npos);
}

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
