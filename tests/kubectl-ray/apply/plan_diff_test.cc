#include "kubectl-ray/apply/plan_diff.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

std::string Diff(const Json& live, const Json& result) {
  return DiffOf({.resource = {}, .object = result, .live = live, .result = result}, "kind/x");
}

Json Object(const char* text) { return Json::parse(text); }

}  // namespace

TEST_CASE("what the server and kubectl write for themselves is no difference") {
  const Json live = Object(R"({"kind":"RayCluster","metadata":{"name":"x","uid":"1","generation":4,
    "resourceVersion":"7","creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[{"manager":"a"}],
    "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"spec":{"a":1},
    "status":{"state":"ready"}})");
  const Json same = Object(R"({"kind":"RayCluster","metadata":{"name":"x","uid":"1","generation":5,
    "resourceVersion":"8","managedFields":[]},"spec":{"a":1}})");
  CHECK(Diff(live, same).empty());
  Json finalized = same;
  finalized["metadata"]["finalizers"] = {"f"};
  CHECK(Diff(live, finalized) ==
        "--- kind/x\n+++ kind/x\n@@ -1,5 +1,7 @@\n kind: RayCluster\n metadata:\n   name: x\n+  finalizers:\n"
        "+    - f\n spec:\n   a: 1\n");
}

TEST_CASE("an object that is new is all new") {
  CHECK(Diff({}, Object(R"({"kind":"ConfigMap","metadata":{"name":"x","uid":"1"}})")) ==
        "--- /dev/null\n+++ kind/x\n@@ -0,0 +1,3 @@\n+kind: ConfigMap\n+metadata:\n+  name: x\n");
  for (const Json& odd : {Json(), Json::array({1}), Json("x"), Object(R"({"metadata":[]})"),
                          Object(R"({"metadata":{"annotations":3}})")})
    CHECK_FALSE(Diff({}, odd).empty());
}

TEST_CASE("values of a Secret are masked as kubectl diff masks them") {
  const Json live = Object(R"({"apiVersion":"v1","kind":"Secret","data":{"gone":"R09ORQ==","kept":"S0VQVA==",
    "new":"T0xE"},"metadata":{"annotations":{
    "kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"new\":\"T0xE\"}}"}}})");
  Json result = Object(R"({"apiVersion":"v1","kind":"Secret","data":{"kept":"S0VQVA==","new":"TkVX",
    "more":"TU9SRQ=="},"stringData":{"plain":"PLAIN"},"metadata":{"labels":{"a":"b"}}})");
  const std::string diff = Diff(live, result);
  CHECK(
      diff ==
      "--- kind/x\n+++ kind/x\n@@ -1,7 +1,11 @@\n apiVersion: v1\n kind: Secret\n data:\n-  gone: \"***\"\n"
      "   kept: \"***\"\n-  new: \"*** (before)\"\n-metadata: {}\n+  new: \"*** (after)\"\n+  more: \"***\"\n"
      "+stringData:\n+  plain: \"***\"\n+metadata:\n+  labels:\n+    a: b\n");
  result["apiVersion"] = "example.com/v1";  // another kind of that name is not a Secret
  CHECK(Diff(live, result).find("TkVX") != std::string::npos);
}
