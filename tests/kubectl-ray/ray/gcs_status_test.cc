#include "kubectl-ray/ray/gcs_status.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <protozero/pbf_writer.hpp>

using namespace kubectl_ray;
using protozero::pbf_writer;
using std::string;
using By = ReportedDemand::By;

namespace {

// Field numbers stand here as numbers, so that the reader is not its own judge.
template <typename Write>
string Message(Write write) {
  string bytes;
  pbf_writer writer(bytes);
  write(writer);
  return bytes;
}

string Request(const std::vector<std::pair<string, double>>& shape) {
  return Message([&](pbf_writer& request) {
    for (const auto& [name, amount] : shape)
      request.add_message(1, Message([&, n = name, a = amount](pbf_writer& entry) {
                            entry.add_string(1, n);
                            entry.add_double(2, a);
                          }));
  });
}

string ByCount(const string& request, std::int64_t count) {
  return Message([&](pbf_writer& by_count) {
    by_count.add_message(1, request);
    by_count.add_int64(2, count);
  });
}

// A reply with one field of its ClusterResourceState.
string State(std::uint32_t field, const std::vector<string>& values) {
  return Message([&](pbf_writer& reply) {
    reply.add_message(2, Message([&](pbf_writer& state) {
                        for (const string& value : values) state.add_message(field, value);
                      }));
  });
}

// What Ray's own autoscaler_pb2 of 2.60 encoded, as the fuzz target has it.
string Sample(const string& name) {
  std::ifstream file(TESTDATA "/../fuzz/corpus/gcs_status/" + name, std::ios::binary);
  REQUIRE(file);
  return string(std::istreambuf_iterator<char>(file), {});
}

GcsStatus Read(const string& bytes) {
  auto status = ReadGcsStatus(bytes);
  INFO((status ? "" : status.error().message));
  REQUIRE(status);
  return *std::move(status);
}

}  // namespace

TEST_CASE("what Ray 2.60 itself encodes", "[autoscaler]") {
  const GcsStatus status = Read(Sample("v2"));
  CHECK(status.session == "session_2026-11-29_07-00-00_000000_1");
  CHECK(status.version == 412);
  CHECK(status.dead == 1);
  CHECK(status.lost == std::set<string>{"10.0.0.5"});
  const ResourceShape gpu = {{"CPU", 2}, {"GPU", 1}}, memory = {{"CPU", 1}, {"memory", 2147483648}},
                      head = {{"CPU", 1}, {"node:__internal_head__", 1}}, cpu = {{"CPU", 1}};
  const auto in = [](const char* group) { return NodeLabels{{"ray.io/node-group", group}}; };
  CHECK(status.nodes ==
        std::vector<GcsNode>{
            {"demo-head", "headgroup", "10.0.0.1", true, false, 90000, {}, head, head, in("headgroup")},
            {"demo-small-a", "small", "10.0.0.2", false, false, 45500, {}, memory, memory, in("small")},
            {"demo-small-b",
             "small",
             "10.0.0.3",
             false,
             false,
             {},
             {"Busy workers on node."},
             {},
             cpu,
             in("small")},
            {"demo-gpu-c", "gpu", "10.0.0.4", false, false, 312000, {}, gpu, gpu, in("gpu")},
            {"demo-small-d", "small", "10.0.0.6", false, true, {}, {}, cpu, cpu, in("small")}});
  // The tasks inside a placement group and the group that has its place are not there.
  CHECK(status.demands ==
        std::vector<ReportedDemand>{
            {By::kTasks, {{{{"memory", 1073741824}}, 1}}, "", 4},
            {By::kTasks, {{{{"GPU", 8}}, 1}}, "", 1},
            {By::kPlacementGroup, {{{{"CPU", 1}}, 2}, {{{"CPU", 2}}, 1}}, "STRICT_SPREAD", 2},
            {By::kRequest, {{{{"CPU", 1}}, 1}}, "", 3}});
  REQUIRE(status.autoscaler);
  CHECK(*status.autoscaler == GcsAutoscaler{77,
                                            {{"gpu", 2, 1000, 0, ""}},
                                            {{"small", 1, 900, 950, "old"},
                                             {"small", 1, 960, 970, "RayCluster is being\x1b[31m patched"}},
                                            {{"gpu", "demo-gpu-f", "Ray is starting"}}});
  CHECK_FALSE(Read(Sample("v1")).autoscaler);
}

TEST_CASE("labels that nodes have and demands ask for, as Ray 2.60 encodes them", "[autoscaler]") {
  const GcsStatus status = Read(Sample("labels"));
  CHECK(status.dead == 2);
  CHECK(status.lost == std::set<string>{"10.0.0.9"});  // Ray runs again at the other's address
  REQUIRE(status.nodes.size() == 3);
  const NodeLabels labels = {{"ray.io/node-group", "small"}, {"ray.io/node-id", "aa"}, {"zone", "a"}};
  CHECK(status.nodes[1].labels == labels);
  const auto zone = [](std::vector<string> values, LabelTerm::Is is = LabelTerm::Is::kIn) {
    return LabelTerm{"zone", is, std::move(values)};
  };
  const LabelTerm tier{"tier", LabelTerm::Is::kNotIn, {"gold"}},
      group{"ray.io/node-group", LabelTerm::Is::kIn, {"gpu"}};
  const ResourceShape cpu = {{"CPU", 1}};
  // A placement group's bundles have the labels, and are not counted twice.
  CHECK(status.demands ==
        std::vector<ReportedDemand>{
            {By::kTasks, {{cpu, 1, {{zone({"a"})}}}}, "", 3},
            {By::kTasks, {{cpu, 1, {{zone({"b", "c"}), tier}, {zone({"d"})}}}}, "", 1},
            {By::kTasks, {{cpu, 1, {{group}}}}, "", 2},
            {By::kTasks, {{{{"GPU", 1}}, 1, {{zone({"a"})}}}}, "", 1},
            {By::kPlacementGroup, {{cpu, 1, {{zone({"a"})}}}, {cpu, 2, {{zone({"b"})}}}}, "SPREAD", 1},
            {By::kRequest, {{cpu, 1, {{zone({"a"})}}}}, "", 2},
            {By::kRequest, {{cpu, 1, {{zone({"a-b"}, LabelTerm::Is::kNotIn)}}}}, "", 1}});
  CHECK(ReportOf(status, nullptr, 0).usage_lines ==
        std::vector<string>{"2.0/3.0 CPU (0.0 used of 1.0 reserved in placement groups)"});
}

TEST_CASE("label selectors of odd values", "[autoscaler]") {
  const auto selector = [](auto write) {
    return State(4, {ByCount(Message([&](pbf_writer& request) {
                               request.add_message(3, Message([&](pbf_writer& labels) {
                                                     labels.add_message(1, Message(write));
                                                   }));
                             }),
                             1)});
  };
  using Is = LabelTerm::Is;
  const struct {
    const char* what;
    string bytes;
    LabelTerm term;
  } rows[] = {
      {"nothing", selector([](pbf_writer&) {}), {"", Is::kUnknown}},
      {"a rule of later",
       selector([](pbf_writer& term) { term.add_string(1, "zone"), term.add_enum(2, 3); }),
       {"zone", Is::kUnknown}},
      {"a negative rule", selector([](pbf_writer& term) { term.add_enum(2, -1); }), {"", Is::kUnknown}},
      {"a rule as text", selector([](pbf_writer& term) { term.add_string(2, "1"); }), {"", Is::kUnknown}},
      {"no values", selector([](pbf_writer& term) { term.add_enum(2, 1); }), {"", Is::kIn}},
      {"a long key",
       selector([](pbf_writer& term) { term.add_string(1, string(300, 'x')), term.add_enum(2, 2); }),
       {string(200, 'x'), Is::kNotIn}},
      {"too many values",
       selector([](pbf_writer& term) {
         for (int i = 0; i < 30; ++i) term.add_string(3, "v");
       }),
       {"", Is::kUnknown, std::vector<string>(20, "v")}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const GcsStatus status = Read(row.bytes);
    REQUIRE(status.demands.size() == 1);
    CHECK(status.demands[0].bundles[0].labels == LabelChoices{{row.term}});
  }
  const string gang = Message([](pbf_writer& writer) {
    writer.add_message(1, Request({{"CPU", 1}}));
    writer.add_message(3, string());
  });
  CHECK(Read(State(5, {gang})).demands ==
        std::vector<ReportedDemand>{{By::kPlacementGroup, {{{{"CPU", 1}}, 1}}, "", 1}});
}

TEST_CASE("the report of a status", "[autoscaler]") {
  const GcsStatus status = Read(Sample("v2"));
  const AutoscalerReport report = ReportOf(status, &*status.autoscaler, 1000);
  CHECK(report.known);
  CHECK(report.demands == status.demands);
  CHECK(report.usage.at("CPU") == ReportedUsage{1, 6});
  CHECK(report.usage.at("GPU") == ReportedUsage{0, 1});
  CHECK(report.launching == std::map<string, std::int64_t>{{"gpu", 3}});
  CHECK(report.usage_lines == std::vector<string>{"1.0/6.0 CPU", "0.0/1.0 GPU", "0B/2.00GiB memory"});
  CHECK(report.demand_lines ==
        std::vector<string>{"{'memory': 1073741824.0}: 4+ pending tasks/actors",
                            "{'GPU': 8.0}: 1+ pending tasks/actors",
                            "{'CPU': 1.0} * 2, {'CPU': 2.0} * 1 (STRICT_SPREAD): 2+ pending placement groups",
                            "{'CPU': 1.0}: 3 from request_resources()"});
  CHECK(report.pending_lines == std::vector<string>{"gpu, 3 launching"});
  CHECK(report.nodes.size() == 5);
  CHECK(report.failures ==
        std::map<string, string>{{"small", "RayCluster is being\x1b[31m patched (30s ago)"}});
  CHECK(ReportOf(status, &*status.autoscaler, 960).failures.at("small") ==
        "RayCluster is being\x1b[31m patched");  // clocks differ
  CHECK(ReportOf(GcsStatus(), nullptr, 0).known);
}

TEST_CASE("a status of odd values", "[autoscaler]") {
  const double inf = std::numeric_limits<double>::infinity();
  const struct {
    const char* what;
    string bytes;
    std::vector<ReportedDemand> demands;
  } rows[] = {
      {"nothing", "", {}},
      {"a count of 0", State(4, {ByCount(Request({{"CPU", 1}}), 0)}), {}},
      {"a negative count", State(4, {ByCount(Request({{"CPU", 1}}), -5)}), {}},
      {"a count over all bounds",
       State(4, {ByCount(Request({{"CPU", 1}}), std::numeric_limits<std::int64_t>::max()),
                 ByCount(Request({{"CPU", 1}}), 7)}),
       {{By::kTasks, {{{{"CPU", 1}}, 1}}, "", 1'000'000'000'000}}},
      {"tasks that ask for nothing", State(4, {ByCount("", 3)}), {{By::kTasks, {{{}, 1}}, "", 3}}},
      {"no finite amount",
       State(4, {ByCount(Request({{"CPU", inf}, {"GPU", -inf}, {"x", std::nan("")}, {"y", 1}}), 1)}),
       {{By::kTasks, {{{{"y", 1}}, 1}}, "", 1}}},
      {"the same twice",
       State(4, {ByCount(Request({{"CPU", 1}}), 2), ByCount(Request({{"CPU", 2}}), 1),
                 ByCount(Request({{"CPU", 1}}), 3)}),
       {{By::kTasks, {{{{"CPU", 1}}, 1}}, "", 5}, {By::kTasks, {{{{"CPU", 2}}, 1}}, "", 1}}},
      {"a group without details",
       State(5, {Message([](pbf_writer& gang) {
               gang.add_message(1, Request({{"CPU", 1}}));
             })}),
       {{By::kPlacementGroup, {{{{"CPU", 1}}, 1}}, "", 1}}},
      {"a long name",
       State(4, {ByCount(Request({{string(300, 'x'), 1}}), 1)}),
       {{By::kTasks, {{{{string(200, 'x'), 1}}, 1}}, "", 1}}},
      {"numbers where messages are wanted",
       Message([](pbf_writer& reply) {
         reply.add_int64(1, 5);
         reply.add_double(2, 1);
       }),
       {}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(Read(row.bytes).demands == row.demands);
  }
}

TEST_CASE("an answer larger than any cluster is bounded", "[autoscaler]") {
  std::vector<string> demands, nodes(30000), entries;
  for (int i = 0; i < 30000; ++i) demands.push_back(ByCount(Request({{"r" + std::to_string(i), 1}}), 1));
  CHECK(Read(State(4, demands)).demands.size() == 20000);
  CHECK(Read(State(3, nodes)).nodes.size() == 20000);
  std::vector<std::pair<string, double>> shape;
  for (int i = 0; i < 1000; ++i) shape.emplace_back("r" + std::to_string(i), 1);
  CHECK(Read(State(4, {ByCount(Request(shape), 1)})).demands[0].bundles[0].shape.size() == 200);
  const string gang = Message([&](pbf_writer& writer) {
    for (const auto& [name, amount] : shape) writer.add_message(1, Request({{name, amount}}));
  });
  CHECK(Read(State(5, {gang})).demands[0].bundles.size() == 200);
}

TEST_CASE("broken protobuf is an error", "[autoscaler]") {
  const string whole = Sample("v2");
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{40}, whole.size() - 1})
    CHECK_FALSE(ReadGcsStatus(whole.substr(0, size)));
  CHECK_FALSE(ReadGcsStatus(string(100, '\xff')));
  CHECK_FALSE(ReadGcsStatus(string("\x12\xff\xff\xff\xff\x0f", 6)));  // longer than the answer
}
