// What a table asks for of each object of a list is all that its columns read.
#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/pods/node_columns.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

SystemTime SomeTime() { return *ParseTime("2026-11-30T01:00:00Z"); }

Json OnlyFields(const shared::JsonFields& fields, const Json& object) {
  Json kept;
  shared::JsonItems items({.fields = fields}, [&](Json item) {
    kept = std::move(item);
    return true;
  });
  items.Feed(shared::DumpJson({{"items", {object}}}));
  REQUIRE(items.Finish());
  return kept;
}

// Every cell says something of the object, so that one whose field is not asked for differs.
void CheckCells(const std::vector<Column>& columns, const shared::JsonFields& fields, const Json& object) {
  const Json kept = OnlyFields(fields, object);
  for (const Column& column : columns) {
    INFO(column.header << " of " << shared::DumpJson(kept));
    const std::string cell = column.cell(object);
    CHECK(cell != column.cell(Json::object()));
    CHECK(column.cell(kept) == cell);
  }
  CHECK(shared::DumpJson(kept).find("not-read") == std::string::npos);
}

const char* const kMetadata =
    R"("metadata":{"name":"n","namespace":"x","uid":"u","creationTimestamp":"2026-11-30T00:00:00Z",
    "managedFields":["not-read"],"annotations":{"a":"b"},
    "labels":{"ray.io/cluster":"demo","ray.io/node-type":"worker","ray.io/group":"g"}})";

Json Object(const std::string& rest) { return *shared::ParseJson("{" + std::string(kMetadata) + rest + "}"); }

}  // namespace

TEST_CASE("a table of each kind asks for all the fields that its columns read") {
  const std::pair<const char*, const char*> rows[] = {
      {"raycluster",
       R"(,"spec":{"rayVersion":"2.60.0","workerGroupSpecs":["not-read"],"headGroupSpec":{"template":{"spec":
       {"containers":[{"name":"ray-head","image":"i","env":["not-read"]}]}}}},
       "status":{"desiredWorkerReplicas":3,"availableWorkerReplicas":2,"desiredCPU":"4","desiredGPU":"1",
       "desiredTPU":"5","desiredMemory":"6Gi","state":"ready","head":{"serviceName":"s"},
       "conditions":[{"type":"HeadPodReady","status":"True"}]})"},
      {"rayjob",
       R"(,"spec":{"rayClusterSpec":"not-read"},"status":{"jobStatus":"RUNNING","jobDeploymentStatus":"Running",
       "rayClusterName":"c","startTime":"s","endTime":"e","message":"m","rayClusterStatus":"not-read"})"},
      {"rayservice",
       R"(,"spec":{"serveConfigV2":"not-read"},"status":{"serviceStatus":"Running","numServeEndpoints":2,
       "activeServiceStatus":{"rayClusterName":"c"}})"},
      {"raycronjob",
       R"(,"spec":{"schedule":"@daily","timeZone":"UTC","suspend":true,"jobTemplate":"not-read"},
       "status":{"lastScheduleTime":"2026-11-29T00:00:00Z"})"},
  };
  REQUIRE(Kinds().size() == std::size(rows));
  for (const auto& [type, rest] : rows) {
    const Kind* kind = FindKind(type);
    REQUIRE(kind != nullptr);
    CheckCells(kind->columns(SomeTime), kind->fields, Object(rest));
  }
}

TEST_CASE("a table of Ray pods asks for all the fields that its columns read") {
  CheckCells(NodeColumns(true, SomeTime), NodeFields(),
             Object(R"(,"spec":{"nodeName":"node","volumes":["not-read"],"containers":[{"name":"side"},
    {"name":"own","image":"not-read","env":[{"name":"RAY_X","value":"not-read"}],
     "resources":{"limits":{"cpu":"1","memory":"2Gi","nvidia.com/gpu":"1","google.com/tpu":"4"}}}]},
    "status":{"phase":"Pending","podIP":"10.0.0.1","containerStatuses":[{"name":"own","restartCount":1,
     "state":{"waiting":{"reason":"ErrImagePull","message":"no such image"}}}]})"));
}
