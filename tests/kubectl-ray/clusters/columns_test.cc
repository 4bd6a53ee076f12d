#include "kubectl-ray/clusters/columns.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/pods/node_columns.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

std::string Cell(const std::vector<Column>& columns, const std::string& header, const Json& object) {
  for (const Column& column : columns)
    if (column.header == header) return column.cell(object);
  return "no such column";
}

}  // namespace

TEST_CASE("a replica of several hosts is ready once all of its pods are") {
  const Json cluster = {{"metadata", {{"name", "demo"}, {"namespace", "team"}}}};
  const Json group = {{"groupName", "tpu"}, {"replicas", 2}, {"numOfHosts", 4}};
  for (const auto& [pods, cell] : {std::pair(8, "2/2"), {7, "1/2"}, {4, "1/2"}, {3, "0/2"}, {0, "0/2"}})
    CHECK(Cell(WorkerGroupColumns(false), "Replicas", WorkerGroupObject(cluster, group, pods)) == cell);
}

TEST_CASE("a worker group below its minimum shows what KubeRay makes of it") {
  const Json group = {{"groupName", "cpu"}, {"replicas", 0}, {"minReplicas", 2}};
  CHECK(Cell(WorkerGroupColumns(false), "Replicas", WorkerGroupObject(Json::object(), group, 1)) == "1/2");
  const Json uncounted = WorkerGroupObject(Json::object(), group, std::nullopt);
  CHECK(Cell(WorkerGroupColumns(false), "Replicas", uncounted) == "?/2");
}

TEST_CASE("GPUs of any maker are counted in every table, and -o wide names all devices") {
  const Json container = {
      {"name", "ray-worker"},
      {"resources", {{"limits", {{"amd.com/gpu", 4}, {"nvidia.com/mig-1g.5gb", "1"}, {"x.y/npu", 8}}}}}};
  const Json pod = {{"spec", {{"containers", Json::array({container})}}}};
  CHECK(Cell(NodeColumns(false, Now), "GPUs", pod) == "5");
  CHECK(Cell(NodeColumns(false, Now), "Devices", pod) == "amd.com/gpu=4,nvidia.com/mig-1g.5gb=1,x.y/npu=8");
  const Json group = {{"groupName", "g"}, {"replicas", 2}, {"template", pod}};
  const Json row = WorkerGroupObject(Json::object(), group, 0);
  CHECK(Cell(WorkerGroupColumns(false), "GPUs", row) == "10");
  CHECK(Cell(WorkerGroupColumns(false), "Devices", row) ==
        "amd.com/gpu=8,nvidia.com/mig-1g.5gb=2,x.y/npu=16");
  CHECK(Cell(WorkerGroupColumns(false), "Devices",
             WorkerGroupObject(Json::object(), {{"replicas", 0}, {"template", pod}}, 0)) == "<none>");
}

TEST_CASE("a node's age is that of the row's own moment") {
  SystemTime now = *ParseTime("2026-11-21T03:00:00Z");
  const Clock clock = [&] { return now; };
  const Json object = {{"metadata", {{"creationTimestamp", "2026-11-21T03:00:00Z"}}}};
  const auto columns = NodeColumns(false, clock);
  CHECK(Cell(columns, "Age", object) == "0s");
  now += std::chrono::seconds(5);
  CHECK(Cell(columns, "Age", object) == "5s");
}
