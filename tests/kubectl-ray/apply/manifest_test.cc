#include "kubectl-ray/apply/manifest.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

const char* const kText = R"(# a cluster
apiVersion: ray.io/v1
kind: RayCluster
metadata:
  name: demo
  labels: {app.kubernetes.io/name: x}
spec:
  headGroupSpec:
    template: &template
      spec:
        containers:
        - name: ray
          image: x
  workerGroupSpecs:
  - groupName: cpus
    replicas: 1
    template: *template
  - groupName: gpus
    replicas: 2
    template:
      <<: *template
---
# nothing
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: b
  data: {x: 1}
)";

std::vector<Manifest> Parse(const std::string& text) {
  auto manifests = ParseManifests("f.yaml", text);
  INFO((manifests ? "" : manifests.error().message));
  REQUIRE(manifests);
  return *std::move(manifests);
}

}  // namespace

TEST_CASE("each object knows the lines of its fields") {
  const std::vector<Manifest> manifests = Parse(kText);
  REQUIRE(manifests.size() == 3);
  CHECK(manifests[0].object["metadata"]["name"] == "demo");
  CHECK(manifests[2].object["metadata"]["name"] == "b");
  const struct {
    std::size_t object;
    const char* field;
    std::size_t line;
  } rows[] = {
      {0, "", 2},
      {0, "metadata.name", 5},
      {0, "metadata.labels[app.kubernetes.io/name]", 6},
      {0, "spec", 7},
      {0, ".spec.headGroupSpec", 8},
      {0, "spec.headGroupSpec.nobody.knows", 8},
      {0, R"(.spec.headGroupSpec.template.spec.containers[name="ray"].image)", 13},
      {0, "spec.workerGroupSpecs[1].replicas", 19},
      {0, "spec.workerGroupSpecs[gpus].replicas", 19},
      {0, "spec.workerGroupSpecs[gpus].template.spec.containers[0].image", 13},  // by its merge
      {0, "spec.workerGroupSpecs[7].replicas", 14},
      {0, "nothing", 2},
      {1, "", 28},
      {2, "metadata.name", 34},
      {2, "data.x", 35},
  };
  for (const auto& row : rows) {
    INFO(row.object << " " << row.field);
    CHECK(manifests[row.object].LineOf(row.field) == row.line);
  }
}

TEST_CASE("a message of the API server gets the lines of the fields it names") {
  const Manifest manifest = Parse(kText)[0];
  const struct {
    const char *message, *placed;
  } rows[] = {
      {R"(errors: .spec.headGroupSpec.template.spec.containers[name="ray"].imag: field not declared in schema)",
       R"(errors: f.yaml:12: .spec.headGroupSpec.template.spec.containers[name="ray"].imag: field not declared in schema)"},
      {R"(unknown field "spec.rayVerson", unknown field "spec.workerGroupSpecs[1].replicaz")",
       R"(unknown field "f.yaml:7: spec.rayVerson", unknown field "f.yaml:18: spec.workerGroupSpecs[1].replicaz")"},
      {"conflict with \"x\": .spec.workerGroupSpecs",
       "conflict with \"x\": f.yaml:14: .spec.workerGroupSpecs"},
      {"a specification of metadata", "a specification of metadata"},
      {"the spec. And", "the spec. And"},
      {"the end.", "the end."},
      {"... .spec...", "... f.yaml:7: .spec..."},
      {"", ""},
  };
  for (const auto& row : rows) CHECK(manifest.WithPlaces(row.message) == row.placed);
}

TEST_CASE("what is no object, or a template, is refused with its line") {
  const struct {
    const char *text, *message, *hint;
  } rows[] = {
      {"kind: A\n---\n- x\n", "cannot use f.yaml:3: the document is no object", ""},
      {"kind: List\nitems:\n- {}\n- x\n", "cannot use f.yaml:4: the list's item is no object", ""},
      {"kind: A\nimage: x:{{ .Values.tag }}\n", "cannot use f.yaml:2: there is {{ }} in it",
       "It is a template: render it first, as `helm template` does, and apply what comes out by `-f -`."},
      {"kind: A\nname: {{ .Values.name }}\n", "cannot use f.yaml:2:8: a key is not a scalar",
       "It is a template: render it first, as `helm template` does, and apply what comes out by `-f -`."},
  };
  for (const auto& row : rows) {
    const auto manifests = ParseManifests("f.yaml", row.text);
    REQUIRE_FALSE(manifests);
    CHECK(manifests.error().message == row.message);
    CHECK(manifests.error().hint == row.hint);
  }
  CHECK(Parse("kind: A\ntext: '{{ x }}'\nblock: |\n  {{ y }}\n").size() == 1);
  CHECK(Parse("").empty());
}
