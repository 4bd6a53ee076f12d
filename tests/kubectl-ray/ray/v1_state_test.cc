#include "kubectl-ray/ray/v1_state.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

// What AutoscalerSummary of Ray 2.60 becomes by asdict() and json.dumps().
const char* const kState =
    R"({"load_metrics_report": {}, "time": 1000.5, "monitor_pid": 1, "autoscaler_report": {
  "active_nodes": {"headgroup": 1}, "idle_nodes": {}, "pending_nodes": [["10.0.0.8", "small", "waiting-for-ssh"], [null, "gpu", "pending"]],
  "pending_launches": {"gpu": 2, "small": 0}, "failed_nodes": [["10.0.0.6", "small"], ["10.0.0.7", "gpu"]],
  "node_availability_summary": {"node_availabilities": {
    "gpu": {"node_type": "gpu", "is_available": false, "last_checked_timestamp": 900.5,
            "unavailable_node_information": {"category": "OutOfCapacity", "description": "none left"}},
    "big": {"node_type": "big", "is_available": false, "last_checked_timestamp": 950.0, "unavailable_node_information": {"category": "Quota"}},
    "small": {"node_type": "small", "is_available": true, "last_checked_timestamp": 990.0, "unavailable_node_information": null}}},
  "node_activities": null, "pending_resources": {}, "node_type_mapping": {}, "legacy": false}})";

}  // namespace

TEST_CASE("what the autoscaler v1 has asked for, and what failed", "[autoscaler]") {
  const auto state = ReadV1State(*shared::ParseJson(kState));
  REQUIRE(state);
  // The newest failures first; those of nodes have no time.
  CHECK(*state == GcsAutoscaler{0,
                                {{"gpu", 2, 0, 0, ""}},
                                {{"big", 1, 0, 950, "Quota"},
                                 {"gpu", 1, 0, 900, "OutOfCapacity: none left"},
                                 {"gpu", 1, 0, 0, "NodeTerminated (ip: 10.0.0.7)"},
                                 {"small", 1, 0, 0, "NodeTerminated (ip: 10.0.0.6)"}},
                                {{"small", "10.0.0.8", "waiting-for-ssh"}, {"gpu", "", "pending"}}});
  const AutoscalerReport report = ReportOf(GcsStatus(), &*state, 1000);
  CHECK(report.launching == std::map<std::string, std::int64_t>{{"gpu", 3}, {"small", 1}});
  CHECK(report.failures == std::map<std::string, std::string>{{"big", "Quota (50s ago)"},
                                                              {"gpu", "OutOfCapacity: none left (100s ago)"},
                                                              {"small", "NodeTerminated (ip: 10.0.0.6)"}});
}

TEST_CASE("a state of v1 of another form", "[autoscaler]") {
  for (const char* none :
       {"null", "5", "[]", "{}", R"({"autoscaler_report": null})", R"({"autoscaler_report": []})"}) {
    INFO(none);
    CHECK_FALSE(ReadV1State(*shared::ParseJson(none)));
  }
  for (
      const char* empty :
      {R"({})", R"({"failed_nodes": 5})", R"({"failed_nodes": [5, [], ["a"], [1, 2], {"a": "b"}]})",
       R"({"pending_launches": ["small"], "pending_nodes": {"a": 1}})",
       R"({"pending_launches": {"small": "2", "gpu": -1}})",
       R"({"node_availability_summary": {"node_availabilities": {"a": 5, "b": {}, "c": {"is_available": "no"}}}})"}) {
    INFO(empty);
    const auto state = ReadV1State({{"autoscaler_report", *shared::ParseJson(empty)}});
    REQUIRE(state);
    CHECK(*state == GcsAutoscaler());
  }
}

TEST_CASE("of v1's many failures the newest are kept", "[autoscaler]") {
  Json nodes = Json::array();
  for (int i = 0; i < 1500; ++i) nodes.push_back({std::to_string(i), "small"});
  const auto state = ReadV1State({{"autoscaler_report", {{"failed_nodes", nodes}}}});
  REQUIRE(state);
  CHECK(state->failures.size() == 20);
  CHECK(state->failures[0].reason == "NodeTerminated (ip: 1499)");
}
