#include "kubectl-ray/kinds/label_selector.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
TEST_CASE("selectors match labels as Kubernetes matches them", "[checks]") {
  const auto labels = *shared::ParseJson(R"({"a":"1","b":"x"})");
  struct Row {
    const char* selector;
    bool matches;
  };
  const Row rows[] = {
      {"{}", true},
      {R"({"matchLabels":{"a":"1"}})", true},
      {R"({"matchLabels":{"a":"1","c":"1"}})", false},
      {R"({"matchExpressions":[{"key":"a","operator":"In","values":["1","2"]}]})", true},
      {R"({"matchExpressions":[{"key":"a","operator":"NotIn","values":["1"]}]})", false},
      {R"({"matchExpressions":[{"key":"c","operator":"NotIn","values":["1"]}]})", true},
      {R"({"matchExpressions":[{"key":"c","operator":"In","values":["1"]}]})", false},
      {R"({"matchExpressions":[{"key":"b","operator":"Exists"}]})", true},
      {R"({"matchExpressions":[{"key":"b","operator":"DoesNotExist"}]})", false},
      {R"({"matchExpressions":[{"key":"c","operator":"DoesNotExist"}]})", true},
      {R"({"matchLabels":{"a":"1"},"matchExpressions":[{"key":"b","operator":"DoesNotExist"}]})", false},
      {R"({"matchLabels":3,"matchExpressions":"none"})", true},
  };
  for (const Row& row : rows) {
    INFO(row.selector);
    CHECK(MatchesSelector(*shared::ParseJson(row.selector), labels) == row.matches);
  }
}
