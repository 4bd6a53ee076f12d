#include "kubectl-ray/operator/change.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/operator/definitions.h"
#include "kubectl-ray/operator/manifests.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

// As the API server returns an object.
Json Stored(Json object, const std::string& manager) {
  object["metadata"]["resourceVersion"] = "7";
  object["metadata"]["uid"] = "u";
  object["metadata"]["managedFields"] = Json::array({{{"manager", manager}, {"operation", "Apply"}}});
  object["status"]["x"] = 1;
  return object;
}

std::vector<OperatorObject> Of(const char* version) {
  OperatorSetup setup;
  setup.release = *FindOperatorRelease(version);
  setup.ns = "ray-system";
  return *OperatorObjects(setup);
}

}  // namespace

TEST_CASE("the plan of an upgrade from 1.5.1 to 1.6.2") {
  std::vector<ObjectChange> changes;
  const std::vector<OperatorObject> before = Of("1.5.1");
  for (const OperatorObject& after : Of("1.6.2")) {
    Json live;
    for (const OperatorObject& old : before)
      if (old.resource == after.resource && old.name() == after.name()) live = Stored(old.object, "kubectl");
    changes.push_back(DescribeChange(live, after.object));
  }
  const std::string plan =
      RenderPlan(changes, GateChanges(**FindOperatorRelease("1.5.1"), **FindOperatorRelease("1.6.2")));
  CheckGolden("operator/plan.txt", plan + "Looked after by others:" + ForeignObjects(changes) + "\n");
}

TEST_CASE("what the server keeps of an object is no change") {
  const Json object = {{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", {{"name", "x"}}}};
  const ObjectChange same = DescribeChange(Stored(object, "kubectl-ray"), Stored(object, "helm"));
  CHECK(same.action == ChangeAction::kKeep);
  CHECK(same.name == "service/x");
  CHECK(same.owner.kind == OwnerKind::kUs);
  CHECK(DescribeChange(Json(), object).action == ChangeAction::kCreate);
}

TEST_CASE("differences are named by their path and cut where they are long or many") {
  const auto changed = [](const char* before, const char* after) {
    Json a = *shared::ParseJson(before), b = *shared::ParseJson(after);
    a["kind"] = b["kind"] = "Deployment";
    return DescribeChange(a, b).lines;
  };
  using Lines = std::vector<std::string>;
  CHECK(changed(R"({"a": 1})", R"({"a": 2})") == Lines{"~ a: 1 -> 2"});
  CHECK(changed(R"({"a": [{"name": "x", "v": 1}, {"name": "y"}]})",
                R"({"a": [{"name": "y"}, {"name": "x", "v": 2}]})") == Lines{"~ a[x].v: 1 -> 2"});
  CHECK(changed(R"({"args": ["--a"]})", R"({"args": ["--a", "--b"]})") ==
        Lines{R"(~ args: ["--a"] -> ["--a","--b"])"});
  CHECK(changed(R"({"a": {"b": 1}})", R"({"c": true})") == Lines{"+ c: true", "- a: {\"b\":1}"});
  const std::string cut = changed(R"({"a": 1})", (R"({"a": ")" + std::string(500, 'x') + "\"}").c_str())[0];
  CHECK(cut.size() < 120);
  ObjectChange many{.action = ChangeAction::kChange, .name = "x", .owner = {}, .lines = Lines(30, "+ \033")};
  const std::string plan = RenderPlan({many}, {});
  CHECK(plan.find("and 19 more") != std::string::npos);
  CHECK(plan.find('\033') == std::string::npos);
}

TEST_CASE("what others look after names Helm's own command, if one of it is changed") {
  ObjectChange theirs;
  theirs.action = ChangeAction::kChange;
  theirs.owner = {OwnerKind::kKubectl};
  ObjectChange helms = theirs;
  helms.owner = {OwnerKind::kHelm, "ours", "ops"};
  const std::string command =
      "`helm upgrade ours kuberay/kuberay-operator -n ops --version 1.6.2` changes it, all but the "
      "definitions; --adopt takes it over from Helm.";
  CHECK(WayOutOfForeign({theirs, helms}, "1.6.2") == command);
  CHECK(WayOutOfForeign({theirs}, "1.6.2").starts_with("Change it by the tool that installed it"));
  helms.action = ChangeAction::kKeep;
  CHECK(WayOutOfForeign({theirs, helms}, "1.6.2").starts_with("Change it by the tool that installed it"));
}
