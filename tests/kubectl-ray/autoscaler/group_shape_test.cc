#include "kubectl-ray/autoscaler/group_shape.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;

TEST_CASE("a group's nodes have what Ray's autoscaler counts", "[autoscaler]") {
  struct Row {
    const char* group;
    ResourceShape shape;
  };
  const Row rows[] = {
      {"{}", {}},
      {"template: {spec: {containers: [{name: ray, resources: {limits: {cpu: '1500m', memory: 1Ki}}}]}}",
       {{"CPU", 2}, {"memory", 1024}}},
      {"template: {spec: {containers: [{name: ray, resources: {requests: {cpu: 2, nvidia.com/gpu: 1}}}]}}",
       {{"CPU", 2}, {"GPU", 1}}},
      {"{rayStartParams: {num-cpus: '0', num-gpus: '3', resources: '''{\"A\": 2}'''}, template: {spec: "
       "{containers: [{name: ray, resources: {limits: {cpu: '4', google.com/tpu: 4}}}]}}}",
       {{"CPU", 0}, {"GPU", 3}, {"TPU", 4}, {"A", 2}}},
      {R"(rayStartParams: {resources: '"{\"A\": 2}"'})", {{"A", 2}}},
      {"rayStartParams: {resources: 'no JSON {'}", {}},
      {"{resources: {CPU: '8', B: 1}, rayStartParams: {num-cpus: '2', resources: '{\"A\": 2}'}}",
       {{"CPU", 8}, {"B", 1}}},
  };
  for (const Row& row : rows) {
    INFO(row.group);
    const auto group = ParseYaml("x", row.group);
    REQUIRE(group);
    CHECK(ShapeOfGroup(*group) == row.shape);
  }
}

TEST_CASE("what a node lacks, but for what Ray gives it", "[autoscaler]") {
  const ResourceShape node = {{"CPU", 2}, {"GPU", 1}};
  CHECK(LackOf({{"CPU", 2}}, node).empty());
  CHECK(LackOf({{"CPU", 2.0000001}}, node).empty());
  CHECK(LackOf({{"CPU", 2.5}, {"A", 1}, {"GPU", 1}}, node) == ResourceShape{{"CPU", 2.5}, {"A", 1}});
  CHECK(LackOf({{"node:10.0.0.1", 0.001}, {"accelerator_type:A100", 1}}, node).empty());
}
