#include "kubectl-ray/operator/schema.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/operator/definitions.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

std::vector<Json> Carried(const std::string& version) {
  const auto release = FindOperatorRelease(version);
  REQUIRE(release);
  auto definitions = DefinitionsOf(**release);
  REQUIRE(definitions);
  return *std::move(definitions);
}

Json Definition(const std::string& plural, const std::string& spec) {
  const auto schema =
      shared::ParseJson(R"({"properties": {"spec": )" + spec + R"(, "metadata": {"type": "object"}}})");
  REQUIRE(schema);
  Json definition;
  definition["spec"]["names"]["plural"] = plural;
  definition["spec"]["versions"] =
      Json::array({{{"name", "v1alpha1"}}, {{"name", "v1"}, {"schema", {{"openAPIV3Schema", *schema}}}}});
  return definition;
}

}  // namespace

TEST_CASE("a definition's release is read from its fields") {
  for (const auto& [version, mark] : {std::pair("1.5.1", "1.5.1"), std::pair("1.6.2", "1.6")})
    for (const Json& definition : Carried(version)) {
      INFO(version << " " << shared::StringAt(definition, {"metadata", "name"}));
      CHECK(ReleaseOfDefinition(definition) == mark);
    }
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"rayclusters", R"({"properties": {"suspend": {}}})", "1.1"},
      {"rayclusters", R"({"properties": {"suspend": {"type": "boolean"}}})", "1.1"},
      {"rayclusters", R"({"properties": {"gcsFaultToleranceOptions": {"type": "object"}}})", "1.3"},
      {"rayclusters", R"({"properties": {"headGroupSpec": {"properties": {"labels": {"type": "object"}}}}})",
       "1.5"},
      {"rayclusters", R"({"properties": {"networkPolicy": {"type": "object"}, "suspend": {}}})", "1.7"},
      {"rayclusters", R"({"properties": {"rayVersion": {"type": "string"}}})", "before 1.1"},
      {"rayjobs", R"({"properties": {"suspend": {"type": "boolean"}}})", "before 1.1"},
      {"rayjobs", R"({"properties": {"rayClusterSpec": {"properties": {"suspend": {"type": "boolean"}}}}})",
       "1.1"},
      {"pods", R"({"properties": {"suspend": {"type": "boolean"}}})", ""},
  };
  for (const auto& [plural, spec, release] : rows) {
    INFO(plural << " " << spec);
    CHECK(ReleaseOfDefinition(Definition(plural, spec)) == release);
  }
  CHECK(ReleaseOfDefinition(Json()) == "");
  CHECK(ReleaseOfDefinition(Json("text")) == "");
}

TEST_CASE("two definitions differ by their topmost fields") {
  const Json a = Definition("rayclusters", R"({"properties": {
    "kept": {"type": "string"},
    "gone": {"type": "object", "properties": {"x": {}}},
    "list": {"items": {"properties": {"old": {"type": "string"}}}},
    "map": {"additionalProperties": {"properties": {"old": {"type": "string"}}}}}})");
  const Json b = Definition("rayclusters", R"({"properties": {
    "kept": {"type": "integer"},
    "added": {"type": "object", "properties": {"x": {"type": "string"}}},
    "list": {"items": {"properties": {"fresh": {"type": "string"}}}},
    "map": {"additionalProperties": {"properties": {"fresh": {"type": "string"}}}}}})");
  CHECK(CompareDefinitions(a, b) == FieldChanges{{"spec.added", "spec.list[].fresh", "spec.map.*.fresh"},
                                                 {"spec.list[].old", "spec.map.*.old", "spec.gone"}});
  CHECK(CompareDefinitions(a, a) == FieldChanges{});
}

TEST_CASE("KubeRay 1.6 added these fields to a RayCluster") {
  const FieldChanges changes = CompareDefinitions(Carried("1.5.1")[0], Carried("1.6.2")[0]);
  CHECK(changes.added ==
        std::vector<std::string>{
            "spec.authOptions.enableK8sTokenAuth", "spec.authOptions.secretName",
            "spec.headGroupSpec.template.spec.volumes[].projected.sources[].podCertificate.userAnnotations",
            "spec.headGroupSpec.template.spec.workloadRef", "spec.upgradeStrategy",
            "spec.workerGroupSpecs[].template.spec.volumes[].projected.sources[].podCertificate."
            "userAnnotations",
            "spec.workerGroupSpecs[].template.spec.workloadRef"});
  CHECK(changes.removed.empty());
}

TEST_CASE("fields that a schema does not know are found, each once") {
  const Json definition = Definition("rayclusters", R"({"properties": {
    "known": {"type": "string"},
    "any": {"type": "object"},
    "open": {"type": "object", "properties": {"a": {}}, "x-kubernetes-preserve-unknown-fields": true},
    "map": {"additionalProperties": {"type": "string"}},
    "groups": {"type": "array", "items": {"properties": {"name": {"type": "string"}}}}}})");
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {R"({"spec": {"known": "x"}, "metadata": {"labels": {"a": "b"}}})", {}},
      {R"({"spec": {"any": {"x": 1}, "open": {"y": 2}, "map": {"z": "3"}}})", {}},
      {R"({"spec": {"priority": 1}, "more": 2})", {"spec.priority", "more"}},
      {R"({"spec": {"groups": [{"name": "a", "priority": 1}, {"priority": 2}]}})",
       {"spec.groups[].priority"}},
      {R"({"spec": "text"})", {}},
      {"null", {}},
  };
  for (const auto& [object, unknown] : rows) {
    INFO(object);
    CHECK(UnknownFields(*shared::ParseJson(object), definition) == unknown);
  }
}
