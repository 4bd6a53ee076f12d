#include "kubectl-ray/apply/field_path.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("a path reads back, and as the API server writes it") {
  const struct {
    const char *text, *written;
  } rows[] = {
      {"spec.rayVersion", "spec.rayVersion"},
      {".spec.rayVersion", "spec.rayVersion"},
      {"spec.workerGroupSpecs[0].replicas", "spec.workerGroupSpecs[0].replicas"},
      {"spec.list[0][1]", "spec.list[0][1]"},
      {R"(.spec.containers[name="h.1"].image)", "spec.containers[h.1].image"},
      {"metadata.labels[app.kubernetes.io/name]", "metadata.labels[app.kubernetes.io/name]"},
      {"", ""},
      {".", ""},
      {"a..b", "a"},
      {"a[b", "a"},
      {"[x]", "[x]"},
      {R"(a[="])", R"(a[="])"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(ParseFieldPath(row.text).ToText() == row.written);
  }
  CHECK(FieldPath().Member("labels").Member("a.b/c").Item("0").ToText() == "labels[a.b/c][0]");
}

TEST_CASE("a pattern fits what begins with it") {
  CHECK(BeginsWith("a.b.c", "a.b"));
  CHECK(BeginsWith("a[x].c", "a.*.c"));
  CHECK(BeginsWith("a[x].c.d", "a.*.c"));
  CHECK(BeginsWith("a", ""));
  CHECK_FALSE(BeginsWith("a", "a.b"));
  CHECK_FALSE(BeginsWith("ab.c", "a"));
  CHECK_FALSE(BeginsWith("a[x].d", "a.*.c"));
}
