#include "kubectl-ray/apply/unknown_fields.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("fields that a definition does not know, and what was meant") {
  const auto definition = ParseYaml("definition", R"(
spec:
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        type: object
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object}
          spec:
            type: object
            properties:
              replicas: {type: integer}
              labels: {type: object, additionalProperties: {type: string}}
              any: {type: object, x-kubernetes-preserve-unknown-fields: true}
              every: {type: object, additionalProperties: true, properties: {a: {type: string}}}
              maps: {type: object, additionalProperties: {type: object, properties: {size: {type: string}}}}
              groups: {type: array, items: {type: object, properties: {name: {type: string}}}}
)");
  REQUIRE(definition);
  const struct {
    const char *spec, *unknown;
  } rows[] = {
      {"{replicas: 1, labels: {a.b/c: d}, any: {x: {y: 1}}, every: {b: 1}, groups: [{name: a}]}", ""},
      {"{replicaz: 1}", "spec.replicaz replicas;"},
      {"{nobody: {knows: 1}}", "spec.nobody ;"},
      {"{groups: [{name: a}, {nam: b}]}", "spec.groups[1].nam name;"},
      {"{maps: {m: {sise: 1}}}", "spec.maps.m.sise size;"},
      {"{replicas: {a: 1}, groups: 7}", ""},  // values of a wrong kind are others' to refuse
      {"~", ""},
  };
  for (const auto& row : rows) {
    INFO(row.spec);
    const auto object = ParseYaml(
        "object", "apiVersion: g/v1\nkind: K\nmetadata: {anything: 1}\nspec: " + std::string(row.spec));
    REQUIRE(object);
    std::string unknown;
    for (const UnknownField& field : FieldsUnknownTo(*definition, *object))
      unknown += field.field + " " + field.near + ";";
    CHECK(unknown == row.unknown);
  }
  CHECK(FieldsUnknownTo(*definition, {{"apiVersion", "g/v2"}, {"x", 1}}).empty());
  CHECK(FieldsUnknownTo(Json(), Json()).empty());
  CHECK(FieldsUnknownTo(*definition, {{"apiVersion", "g/v1"}, {"spek", 1}}) ==
        std::vector<UnknownField>{{"spek", "spec"}});
}
