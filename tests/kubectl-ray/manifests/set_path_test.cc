#include "kubectl-ray/manifests/set_path.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("--set reaches any field") {
  struct Row {
    const char* path;
    const char* value;
    const char* result;
  };
  const Row rows[] = {
      {"a.b", "1", R"({"a":{"b":1},"l":[{"name":"x"}]})"},
      {"l[0].v", "[1, two]", R"({"l":[{"name":"x","v":[1,"two"]}]})"},
      {"l[1]", "{m: 1}", R"({"l":[{"name":"x"},{"m":1}]})"},
      {"l[0].defaultMode", "0600", R"({"l":[{"name":"x","defaultMode":384}]})"},  // as kubectl reads it
      {"l[name=x].v", "true", R"({"l":[{"name":"x","v":true}]})"},
      {"l[name=y].v", "\"true\"", R"({"l":[{"name":"x"},{"name":"y","v":"true"}]})"},
      {"m.a\\.b/c", "", R"({"l":[{"name":"x"}],"m":{"a.b/c":null}})"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    Json object = {{"l", Json::array({{{"name", "x"}}})}};
    REQUIRE(SetPath(object, row.path, row.value));
    // Kubernetes' objects have no order, so that comparing them is better done without.
    CHECK(nlohmann::json::parse(object.dump()) == nlohmann::json::parse(row.result));
  }
  for (const char* bad : {"", ".", "a.", "a..b", "l[7].x", "l[x]", "l[", "[0]", "l.x", "l[0].name.x"}) {
    INFO(bad);
    Json object = {{"l", Json::array({{{"name", "x"}}})}};
    const Json before = object;
    CHECK(!SetPath(object, bad, "1"));
    CHECK(object == before);
  }
}

TEST_CASE("the first '=' outside of brackets ends the path of an assignment") {
  const std::pair<const char*, const char*> rows[] = {
      {"a=b=c", R"({"a":"b=c"})"},
      {"a=", R"({"a":null})"},
      {"l[name=x].v=1", R"({"l":[{"name":"x","v":1}]})"},
      {"a\\=b=1", R"({"a=b":1})"},
  };
  for (const auto& [assignment, result] : rows) {
    INFO(assignment);
    Json object = Json::object();
    REQUIRE(Assign(object, assignment));
    CHECK(nlohmann::json::parse(object.dump()) == nlohmann::json::parse(result));
  }
  for (const char* bad : {"", "a", "l[name=x]", "=1"}) {
    INFO(bad);
    Json object = Json::object();
    const auto assigned = Assign(object, bad);
    REQUIRE(!assigned);
    CHECK(assigned.error().code == shared::ErrorCode::kUsage);
  }
}
