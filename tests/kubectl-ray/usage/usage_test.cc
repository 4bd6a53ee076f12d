#include "kubectl-ray/usage/usage.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/formats/yaml.h"
#include "shared/json.h"
#include "tests/support/golden.h"
#include "tests/support/nodes_summary.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

constexpr double kNow = 1764453564;

const char* const kPods = R"(
- metadata: {name: demo-head, namespace: team, labels: {ray.io/cluster: demo, ray.io/node-type: head, ray.io/group: headgroup}}
  spec: {nodeName: node-1, containers: [{name: istio-proxy, resources: {limits: {cpu: 9}}},
    {name: ray-head, resources: {limits: {cpu: 2, memory: 4Gi}}}]}
  status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
- metadata: {name: demo-gpu-a, namespace: team, labels: {ray.io/cluster: demo, ray.io/node-type: worker, ray.io/group: gpu}}
  spec: {nodeName: node-2, containers: [{name: ray-worker, resources: {limits: {cpu: 4, memory: 8Gi, nvidia.com/gpu: 2}}}]}
  status: {phase: Running, podIP: 10.0.0.2, conditions: [{type: Ready, status: "True"}]}
- metadata: {name: demo-cpu-b, namespace: team, labels: {ray.io/cluster: demo, ray.io/node-type: worker, ray.io/group: cpu}}
  spec: {nodeName: node-2, containers: [{name: ray-worker, resources: {limits: {cpu: 1500m, memory: 2Gi}}}]}
  status: {phase: Running, podIP: 10.0.0.3, conditions: [{type: Ready, status: "True"}]}
- metadata: {name: demo-cpu-c, namespace: team, labels: {ray.io/cluster: demo, ray.io/node-type: worker, ray.io/group: cpu}}
  spec: {containers: [{name: ray-worker, resources: {requests: {cpu: 1}}}]}
  status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: "0/2 nodes\e[31m"}]}
)";

std::vector<LimitedPod> Pods() {
  const auto pods = ParseYaml("pods", kPods);
  REQUIRE(pods);
  std::vector<LimitedPod> limited;
  for (const Json& pod : *pods) limited.push_back(ReadLimitedPod(pod));
  return limited;
}

std::vector<Usage> Rows() {
  const auto samples = ReadNodeSamples(kNodesSummary);
  REQUIRE(samples);
  std::vector<Usage> rows = JoinUsage(Pods(), *samples, kNow);
  REQUIRE(SortUsage("", UsageOf::kRayPods, &rows));
  return rows;
}

std::string Printed(const std::vector<Usage>& rows, UsageOf what, const std::string& output) {
  std::istringstream in;
  std::ostringstream out, err;
  Streams io{in, out, err};
  const auto format = ParseOutputFormat(output);
  REQUIRE(format);
  auto printer = ListPrinter::Make(io, {.format = *format, .columns = UsageColumns(what, HasGpus(rows))});
  REQUIRE(printer);
  for (const Usage& row : RowsOf(what, rows)) printer->Add(UsageToJson(row, what));
  printer->Finish();
  return out.str();
}

// The row of a pod with these limits, in which Ray measured that.
Usage RowOf(const LimitedPod& limits, NodeSample sample) {
  LimitedPod pod = limits;
  pod.name = sample.instance = "p";
  const std::vector<Usage> rows = JoinUsage({pod}, {sample}, kNow);
  REQUIRE(rows.size() == 1);
  return rows.front();
}

}  // namespace

TEST_CASE("pods, Ray's nodes and a cluster's sum on the screen", "[top]") {
  std::string screen;
  for (const char* output : {"", "wide"}) {
    screen += Printed(Rows(), UsageOf::kRayPods, output) + "\n";
    screen += Printed(Rows(), UsageOf::kRayNodes, output) + "\n";
    screen += Printed(Rows(), UsageOf::kClusterSums, output) + "\n";
  }
  std::vector<Usage> without_gpus = Rows();
  std::erase_if(without_gpus, [](const Usage& row) { return row.group == "gpu"; });
  screen += Printed(without_gpus, UsageOf::kRayPods, "") + "\n";
  screen += Printed(UnknownUsage(Pods(), "its dashboard does not answer"), UsageOf::kRayPods, "wide");
  CheckGolden("top/top.txt", screen);
}

TEST_CASE("the same for scripts", "[top]") {
  CheckGolden("top/pods.json", Printed(Rows(), UsageOf::kRayPods, "json"));
  CheckGolden("top/clusters.yaml", Printed(Rows(), UsageOf::kClusterSums, "yaml"));
}

TEST_CASE("what Ray measured of the host is not the container's", "[top]") {
  struct Row {
    const char* what;
    LimitedPod limits;
    NodeSample sample;
    bool cpu, memory, gpu;  // is the host's
    std::size_t gpus = 0;   // that are shown
  };
  auto pod = [](std::optional<double> cpu, std::optional<double> memory, std::optional<double> gpus) {
    LimitedPod limits;
    limits.cpu = cpu, limits.memory = memory, limits.gpus = gpus;
    return limits;
  };
  auto sample = [](std::optional<double> cpu, std::optional<double> used, std::optional<double> total,
                   std::optional<std::size_t> gpus, std::optional<double> ray_gpus = std::nullopt) {
    NodeSample measured;
    measured.cpu_used = cpu, measured.memory_used = used, measured.memory_total = total;
    measured.gpu.capacity = ray_gpus;
    if (gpus) measured.gpus = std::vector<GpuSample>(*gpus);
    return measured;
  };
  const Row rows[] = {
      {"all within the limits", pod(2, 100, 1), sample(2, 50, 100, 1), false, false, false, 1},
      {"a little above: rounding, a burst", pod(1, 100, 1), sample(1.2, 100, 109, 1), false, false, false, 1},
      {"above", pod(1, 100, 1), sample(1.3, 50, 111, 2), true, true, true},
      {"used alone above", pod(1, 100, 1), sample(0, 111, std::nullopt, 0), false, true, false},
      {"no limits: whatever the host has may be used", pod({}, {}, {}), sample(64, 500, 999, 0), false, false,
       false},
      {"GPUs that nobody asked for are not shown", pod(1, 100, {}), sample(0, 0, 100, 1, 0), false, false,
       false, 0},
      {"GPUs that only Ray was given", pod(1, 100, {}), sample(0, 0, 100, 2, 2), false, false, false, 2},
      {"nothing measured", pod(1, 100, 1), sample({}, {}, {}, {}), false, false, false},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const Usage usage = RowOf(row.limits, row.sample);
    CHECK(usage.cpu.is_hosts == row.cpu);
    CHECK(usage.memory.is_hosts == row.memory);
    CHECK(usage.gpu.is_hosts == row.gpu);
    CHECK(usage.cpu.used == (row.cpu ? std::nullopt : row.sample.cpu_used));
    CHECK(usage.memory.used == (row.memory ? std::nullopt : row.sample.memory_used));
    CHECK(usage.gpus.size() == row.gpus);
  }
}

TEST_CASE("a sample finds its pod by name, else by address, and the newest counts", "[top]") {
  LimitedPod a, b;
  a.name = "a", a.address = "10.0.0.1";
  b.name = "b";  // without an address yet
  auto sample = [](const char* instance, const char* address, std::optional<double> time, double used) {
    NodeSample measured;
    measured.instance = instance, measured.address = address, measured.time = time, measured.cpu_used = used;
    return measured;
  };
  struct Row {
    const char* what;
    std::vector<NodeSample> samples;
    std::optional<double> of_a, of_b;
    std::size_t others;
  };
  const Row rows[] = {
      {"none", {}, {}, {}, 0},
      {"by address", {sample("", "10.0.0.1", 1, 5)}, 5, {}, 0},
      {"by name, on the host's network", {sample("b", "10.0.0.1", 1, 5)}, {}, 5, 0},
      {"without either", {sample("", "", 1, 5)}, {}, {}, 1},
      {"of a pod that is gone", {sample("c", "10.0.0.9", 1, 5)}, {}, {}, 1},
      {"newer first", {sample("a", "", 9, 5), sample("a", "", 8, 6)}, 5, {}, 0},
      {"newer last", {sample("a", "", 8, 5), sample("a", "", 9, 6)}, 6, {}, 0},
      {"without a time first", {sample("a", "", {}, 5), sample("a", "", 9, 6)}, 6, {}, 0},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    std::map<std::string, std::optional<double>> used;
    std::size_t others = 0;
    for (const Usage& usage : JoinUsage({a, b}, row.samples, kNow)) {
      used[usage.name] = usage.cpu.used;
      others += usage.is_pod ? 0 : 1;
    }
    CHECK(used["a"] == row.of_a);
    CHECK(used["b"] == row.of_b);
    CHECK(others == row.others);
  }
}

TEST_CASE("the age of a sample, by two clocks", "[top]") {
  for (const auto& [time, age] : {std::pair<std::optional<double>, std::optional<double>>{kNow - 3, 3.0},
                                  {kNow, 0.0},
                                  {kNow + 60, 0.0},
                                  {std::nullopt, std::nullopt}}) {
    NodeSample sample;
    sample.time = time;
    const Usage row = RowOf({}, sample);
    CHECK(row.age == age);
    CHECK(row.sampled == (time ? 1 : 0));
    CHECK(row.why_unknown == (time ? "" : "Ray's agent has not reported yet"));
  }
}

TEST_CASE("a limit is in a sum if all pods have one", "[top]") {
  LimitedPod limited, unlimited;
  limited.cpu = 2, limited.memory = 100, limited.gpus = 1;
  auto sum = [](const std::vector<LimitedPod>& pods) { return SumUsage(UnknownUsage(pods, "x")); };
  CHECK(sum({limited, limited}).cpu.limit == 4);
  CHECK(sum({limited, unlimited}).cpu.limit == std::nullopt);
  CHECK(sum({unlimited, limited}).memory.limit == std::nullopt);
  CHECK(sum({unlimited, limited, limited}).gpu.limit == 2);  // others have no GPU
  CHECK(sum({}).nodes == 0);
}

TEST_CASE("numbers without an end are shown as large ones", "[top]") {
  NodeSample sample;
  sample.time = kNow;
  sample.memory_used = 1e18;
  sample.gpus = {{"0", "", 1e18, 1e24, 1e24}};
  sample.gpu.capacity = 1;
  const std::string screen = Printed({RowOf({}, sample)}, UsageOf::kRayPods, "");
  CHECK(screen.find("909495Ti") != std::string::npos);
  CHECK(UsageToJson(RowOf({}, sample), UsageOf::kRayPods)["gpuMemory"]["used"] == 1e24);
}

TEST_CASE("orders: the highest first, what is not known last, then by name", "[top]") {
  auto row = [](const char* name, std::optional<double> cpu, std::optional<double> memory,
                bool head = false) {
    Usage usage;
    usage.name = name, usage.head = head, usage.cpu.used = cpu, usage.memory.used = memory;
    return usage;
  };
  auto sorted = [&](const std::string& order) {
    std::vector<Usage> rows = {row("c", 1, {}), row("b", {}, 7), row("d", 2, 7), row("h", 0, 0, true)};
    REQUIRE(SortUsage(order, UsageOf::kRayPods, &rows));
    std::string names;
    for (const Usage& usage : rows) names += usage.name;
    return names;
  };
  CHECK(sorted("") == "hbcd");
  CHECK(sorted("name") == "hbcd");
  CHECK(sorted("cpu") == "dchb");
  CHECK(sorted("memory") == "bdhc");
  CHECK(sorted("spilled") == "hbcd");
  std::vector<Usage> rows;
  const auto refused = SortUsage("memroy", UsageOf::kRayNodes, &rows);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "cannot sort by \"memroy\"");
  CHECK(refused.error().hint == "Did you mean \"memory\"?");
  CHECK(SortUsage("\x1b", UsageOf::kRayPods, &rows).error().message == "cannot sort by \"\\x1b\"");
  for (const std::string& order : UsageOrders()) CHECK(SortUsage(order, UsageOf::kRayPods, &rows));
  for (const auto& [what, hint] :
       {std::pair(UsageOf::kClusterSums, "`kubectl ray help top cluster` lists what it sorts by."),
        {UsageOf::kRayNodes, "`kubectl ray help top node` lists what it sorts by."},
        {UsageOf::kRayPods, "`kubectl ray help top pod` lists what it sorts by."}})
    CHECK(SortUsage("xyz", what, &rows).error().hint == hint);
}

TEST_CASE("the row of a pod whose agent could not be read says why", "[top]") {
  const std::map<std::string, std::string> unread = {{"demo-head", "nothing answers on port 8080"},
                                                     {"10.9.9.9", "no pod"}};
  NodeSample sample, other;
  sample.instance = "demo-gpu-a", sample.memory_used = 5;
  other.address = "10.9.9.9", other.memory_used = 5;
  std::vector<Usage> rows = JoinUsage(Pods(), {sample, other}, kNow);
  ExplainUnread(unread, &rows);
  std::map<std::string, std::string> nodes;
  for (const Usage& row : RowsOf(UsageOf::kRayNodes, rows)) nodes[row.name] = row.why_unknown;
  CHECK(nodes == std::map<std::string, std::string>{
                     {"10.9.9.9", ""}, {"demo-gpu-a", ""}, {"demo-head", "nothing answers on port 8080"}});
  const Usage sum = SumUsage(rows);
  CHECK(sum.sampled == 2);  // without a time of the sample
  CHECK(sum.age == std::nullopt);
}

TEST_CASE("the port of an agent: that of Ray's command line, else the declared one, else Ray's own",
          "[top]") {
  const struct {
    const char* container;
    int port;
  } rows[] = {
      {"{}", 8080},
      {"{ports: [{name: metrics, containerPort: 9090}]}", 9090},
      {"{ports: [{name: other, containerPort: 9090}]}", 8080},
      {"{ports: [{name: metrics, containerPort: 9090}], env: [{name: KUBERAY_GEN_RAY_START_CMD, "
       "value: 'ray start --head --metrics-export-port=9100'}]}",
       9100},
      {"{env: [{name: KUBERAY_GEN_RAY_START_CMD, value: 'ray start --metrics-export-port=0'}]}", 0},
      {"{env: [{name: KUBERAY_GEN_RAY_START_CMD, value: 'ray start --metrics-export-port=$X'}]}", 8080},
      {"{env: [{name: KUBERAY_GEN_RAY_START_CMD, value: '\"'}]}", 8080},
  };
  for (const auto& row : rows) {
    INFO(row.container);
    const auto pod = ParseYaml("pod", "{spec: {containers: [" + std::string(row.container) + "]}}");
    REQUIRE(pod);
    CHECK(ReadLimitedPod(*pod).metrics_port == row.port);
  }
}

TEST_CASE("odd pods have no limits", "[top]") {
  for (const char* odd :
       {"null", "5", "{spec: {containers: 5}}", "{spec: {containers: [{resources: {limits: {cpu: x}}}]}}",
        "{spec: {containers: [{resources: {limits: {cpu: 0, memory: -1}}}]}}"}) {
    INFO(odd);
    const auto pod = ParseYaml("pod", odd);
    REQUIRE(pod);
    const LimitedPod limited = ReadLimitedPod(*pod);
    CHECK_FALSE((limited.cpu || limited.memory || limited.gpus));
  }
}
