#include "kubectl-ray/autoscaler/scaling_view.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "kubectl-ray/formats/yaml.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Yaml(const std::string& text) {
  auto value = ParseYaml("x", text);
  INFO(text << (value ? "" : value.error().message));
  REQUIRE(value);
  return *std::move(value);
}

const char* const kCluster = R"(
metadata: {name: demo, namespace: team}
spec:
  enableInTreeAutoscaling: true
  autoscalerOptions: {idleTimeoutSeconds: 90}
  headGroupSpec: {template: {spec: {containers: [{name: ray-head, resources: {limits: {cpu: 1}}}]}}}
  workerGroupSpecs:
    - groupName: small
      minReplicas: 0
      replicas: 2
      maxReplicas: 2
      template: {spec: {containers: [{name: ray-worker, resources: {limits: {cpu: 1, memory: 2Gi}}}]}}
    - groupName: gpu
      minReplicas: 1
      replicas: 1
      template: {spec: {containers: [{name: ray-worker, resources: {limits: {cpu: 2, nvidia.com/gpu: 1}}}]}}
)";

std::vector<Json> Pods() {
  std::vector<Json> pods;
  for (const auto& [name, group, ip] :
       {std::array{"demo-small-a", "small", "10.0.0.2"}, std::array{"demo-small-b", "small", "10.0.0.3"},
        std::array{"demo-gpu-c", "gpu", "10.0.0.4"}})
    pods.push_back({{"metadata", {{"name", name}, {"labels", {{"ray.io/group", group}}}}},
                    {"status",
                     {{"phase", "Running"},
                      {"podIP", ip},
                      {"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}}})}}}});
  return pods;
}

// /nodes?view=summary of Ray 2.60, without what is not read.
const char* const kNodes = R"yaml(
data:
  summary:
    - {raylet: {state: ALIVE, nodeId: aa, nodeManagerAddress: 10.0.0.1, isHeadNode: true}}
    - {raylet: {state: ALIVE, nodeId: bb, nodeManagerAddress: 10.0.0.2}}
    - {raylet: {state: ALIVE, nodeId: cc, nodeManagerAddress: 10.0.0.3}}
    - {raylet: {state: ALIVE, nodeId: dd, nodeManagerAddress: 10.0.0.4}}
    - {raylet: {state: ALIVE, nodeId: ff, nodeManagerAddress: 10.0.0.6}}
    - {raylet: {state: DEAD, nodeId: ee, nodeManagerAddress: 10.0.0.5}}
  nodeLogicalResources:
    aa: "0.0/1.0 CPU"
    bb: "0.0/1.0 CPU\n0B/2.00GiB memory"
    cc: "0.0/1.0 CPU (0.0 used of 1.0 reserved in placement groups)"
    10.0.0.4: "0.0/2.0 CPU\n0.0/1.0 GPU"
    ee: "0.0/1.0 CPU"
    ff: "1.0/1.0 CPU"
)yaml";

Json Report(const std::string& demands) {
  return {
      {"data",
       {{"clusterStatus",
         "======== Autoscaler status: 2026-11-29 07:00:00.000000 ========\nPending Demands:\n" + demands}}}};
}

}  // namespace

TEST_CASE("what waits, the groups and the idle nodes on one screen", "[autoscaler]") {
  const std::vector<Json> pods = Pods();
  const Json cluster = Yaml(kCluster);
  ScalingInput input{cluster, pods};
  input.report = Report(
      " {'memory': 1073741824.0}: 4+ pending tasks/actors\n {'GPU': 8.0}: 1+ pending tasks/actors\n"
      " a \x1b[31m wish\n");
  input.node_summary = Yaml(kNodes);
  const ScalingView view = ReadScaling(input);
  CheckGolden("autoscaler/waits.txt", RenderScaling(view));
  CheckGolden("autoscaler/waits.json", shared::DumpJson(ScalingToJson(view), 2) + "\n");
}

TEST_CASE("what the GCS answers on one screen", "[autoscaler]") {
  std::ifstream file(TESTDATA "/../fuzz/corpus/gcs_status/v2", std::ios::binary);
  const auto gcs = ReadGcsStatus(std::string(std::istreambuf_iterator<char>(file), {}));
  REQUIRE(gcs);
  const std::vector<Json> pods = Pods();
  const Json cluster = Yaml(kCluster);
  ScalingInput input{cluster, pods};
  input.gcs = *gcs;
  input.ray_failure = "nobody asked the dashboard";
  input.now = SystemTime(std::chrono::seconds(1000));
  const ScalingView view = ReadScaling(input);
  CheckGolden("autoscaler/gcs.txt", RenderScaling(view));
  CheckGolden("autoscaler/gcs.json", shared::DumpJson(ScalingToJson(view), 2) + "\n");
}

TEST_CASE("demands with labels on one screen", "[autoscaler]") {
  std::ifstream file(TESTDATA "/../fuzz/corpus/gcs_status/labels", std::ios::binary);
  const auto gcs = ReadGcsStatus(std::string(std::istreambuf_iterator<char>(file), {}));
  REQUIRE(gcs);
  const std::vector<Json> pods = Pods();
  Json cluster = Yaml(kCluster);
  cluster["spec"]["workerGroupSpecs"][1]["labels"] = {{"zone", "b\x1b"}, {"tier", "gold"}};
  ScalingInput input{cluster, pods};
  input.gcs = *gcs;
  const ScalingView view = ReadScaling(input);
  CheckGolden("autoscaler/labels.txt", RenderScaling(view));
  CheckGolden("autoscaler/labels.json", shared::DumpJson(ScalingToJson(view)["demands"], 2) + "\n");
}

TEST_CASE("what failed for v1 is shown as v2's is", "[autoscaler]") {
  const std::vector<Json> pods = Pods();
  const Json cluster = Yaml(kCluster);
  ScalingInput input{cluster, pods};
  input.gcs.emplace();
  input.v1_state = Yaml(R"yaml(
time: 990
autoscaler_report:
  pending_launches: {gpu: 2}
  pending_nodes: [[10.0.0.8, gpu, waiting-for-ssh]]
  failed_nodes: [[10.0.0.6, small], [10.0.0.7, "gpu\x1b"]]
  node_availability_summary:
    node_availabilities:
      small: {is_available: false, last_checked_timestamp: 940, unavailable_node_information: {category: Quota, description: none left}}
)yaml");
  input.now = SystemTime(std::chrono::seconds(1000));
  const ScalingView view = ReadScaling(input);
  CheckGolden("autoscaler/v1.txt", RenderScaling(view));
  CheckGolden("autoscaler/v1.json", shared::DumpJson(ScalingToJson(view)["autoscalerState"], 2) + "\n");
}

TEST_CASE("who reports Ray's part, and why not the GCS", "[autoscaler]") {
  GcsStatus none, v2;
  v2.autoscaler.emplace();
  struct Row {
    const char* what;
    std::optional<GcsStatus> gcs;
    std::string failure;
    Json report;
    const char* spec;
    std::string line;
    Json v1_state = Json();
  };
  const char* const kNamed = "{enableInTreeAutoscaling: true, autoscalerOptions: {version: v1}}";
  const char* const kAuto = "{enableInTreeAutoscaling: true}";
  const Row rows[] = {
      {"v2 reports", v2, "", Json(), kAuto, "Autoscaler v2; Ray's part is of now, from its GCS"},
      {"v1 by its spec", none, "", Json(), kNamed, "Autoscaler v1; Ray's part is of now, from its GCS"},
      {"v1 by its state", none, "", Json(), kAuto,
       "Autoscaler v1, heard of 90s ago; Ray's part is of now, from its GCS", Yaml("{time: 1000.5}")},
      {"v1 of no time", none, "", Json(), kAuto, "Autoscaler v1; Ray's part is of now, from its GCS",
       Yaml("{time: soon}")},
      {"v2 after v1", v2, "", Json(), kNamed, "Autoscaler v2; Ray's part is of now, from its GCS"},
      {"a monitor alone", none, "", Json(), "{}", "No autoscaler; Ray's part is of now, from its GCS",
       Yaml("{time: 1000.5}")},
      {"not known which", none, "", Json(), kAuto, "Autoscaler; Ray's part is of now, from its GCS"},
      {"no autoscaler", none, "", Json(), "{}", "No autoscaler; Ray's part is of now, from its GCS"},
      {"an old Ray",
       {},
       "grpc status 12: \x1b",
       Report(""),
       kAuto,
       "Autoscaler v2; Ray's part is of now, from its dashboard (not from its GCS: grpc status 12: \\x1b)"},
      {"neither", {}, "nobody there", Json(), kAuto, "Autoscaler"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const Json cluster = {{"metadata", {{"name", "demo"}, {"namespace", "team"}}}, {"spec", Yaml(row.spec)}};
    const std::vector<Json> pods;
    ScalingInput input{cluster, pods};
    input.gcs = row.gcs;
    input.gcs_failure = row.failure;
    input.report = row.report;
    input.v1_state = row.v1_state;
    input.now = SystemTime(std::chrono::seconds(1090));
    const std::string text = RenderScaling(ReadScaling(input));
    const std::size_t second = text.find('\n') + 1;
    CHECK(text.substr(second, text.find('\n', second) - second) == row.line);
  }
}

TEST_CASE("what v1 asks KubeRay for", "[autoscaler]") {
  const Json cluster = Yaml(kCluster);
  const std::vector<Json> pods = Pods();
  ScalingInput input{cluster, pods};
  input.gcs.emplace();
  const std::pair<const char*, WaitCause> rows[] = {
      {"{autoscaler_report: {pending_launches: {gpu: 2}}}", WaitCause::kLaunching},
      {"{autoscaler_report: {pending_launches: {gpu: 0, small: x}}}", WaitCause::kNotAsked},
      {"{autoscaler_report: {pending_launches: [gpu]}}", WaitCause::kNotAsked},
      {"null", WaitCause::kNotAsked}};
  for (const auto& [state, cause] : rows) {
    INFO(state);
    input.v1_state = Yaml(state);
    const ScalingView view = ReadScaling(input);
    REQUIRE(view.groups.size() == 2);
    CHECK(view.groups[1].cause == cause);
  }
}

TEST_CASE("the age and the autoscaler's version are known as far as Ray reports them", "[autoscaler]") {
  struct Row {
    const char* what;
    Json report, v1_state;
    std::string failure;
    const char* spec;
    std::string head;
  };
  const Row rows[] = {
      {"v1", Report(""), Yaml("{time: 1000.5}"), "", "enableInTreeAutoscaling",
       "demo in namespace team: nothing waits for resources\nAutoscaler v1; Ray's part is 90s old\n"},
      {"v2", Report(""), Json(), "", "enableInTreeAutoscaling",
       "demo in namespace team: nothing waits for resources\nAutoscaler v2; Ray's part is of now\n"},
      {"no autoscaler", Report(""), Yaml("{time: 1090.0}"), "", "other",
       "demo in namespace team: nothing waits for resources\nNo autoscaler; Ray's part is of now\n"},
      {"none yet", Yaml("data: {clusterStatus: No cluster status.}"), Json(), "", "enableInTreeAutoscaling",
       "demo in namespace team: what waits is not known: Ray has no report of it yet\nAutoscaler\n"},
      {"not asked", Json(), Json(), "its head is not ready", "enableInTreeAutoscaling",
       "demo in namespace team: what waits is not known: its head is not ready\nAutoscaler\n"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const Json cluster = {{"metadata", {{"name", "demo"}, {"namespace", "team"}}},
                          {"spec", {{row.spec, true}}}};
    const std::vector<Json> none;
    ScalingInput input{cluster, none};
    input.report = row.report;
    input.v1_state = row.v1_state;
    input.ray_failure = row.failure;
    input.now = SystemTime(std::chrono::seconds(1090));
    const std::string text = RenderScaling(ReadScaling(input));
    CHECK(text.substr(0, text.find("\n\n") + 1) == row.head);
  }
}

TEST_CASE("answers of another form show what the API server has", "[autoscaler]") {
  for (const char* odd : {"null", "5", "[]", "data: []", "data: {clusterStatus: 5, summary: [null, 5]}"}) {
    INFO(odd);
    const Json answer = Yaml(odd);
    const std::vector<Json> pods = {answer};
    ScalingInput input{answer, pods};
    input.report = input.v1_state = input.node_summary = answer;
    const ScalingView view = ReadScaling(input);
    CHECK(view.demands.empty());
    CHECK(view.idle.empty());
    CHECK_FALSE(view.ray_failure.empty());
  }
}
