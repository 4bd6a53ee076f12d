#include "kubectl-ray/ray/autoscaler_report.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using By = ReportedDemand::By;

// What ClusterStatusFormatter of Ray 2.60 prints.
TEST_CASE("a report of the autoscaler v2 is read whole", "[autoscaler]") {
  const AutoscalerReport report = ReadAutoscalerReport(
      "======== Autoscaler status: 2026-11-29 07:00:00.000000 ========\n"
      "Node status\n"
      "---------------------------------------------------------------\n"
      "Active:\n 1 headgroup\nIdle:\n 2 small\nPending:\n gpu, 2 launching\n demo-gpu-worker-x: gpu, "
      "allocated\n"
      "Recent failures:\n"
      " big: LaunchFailed (latest_attempt: 10:11:12)\n big: NodeTerminated (instance_id: old)\n\n"
      "Resources\n---------------------------------------------------------------\n"
      "Total Usage:\n 1.5/4.0 CPU (1.0 used of 2.0 reserved in placement groups)\n 0B/1.50GiB memory\n\n"
      "From request_resources:\n {'CPU': 4.0}: 2 from request_resources()\n"
      "Pending Demands:\n {'CPU': 1.0, 'GPU': 0.5}: 3+ pending tasks/actors (1+ using placement groups)\n"
      " {'CPU': 1.0} * 2, {'GPU': 1.0} * 1 (STRICT_PACK): 1+ pending placement groups\n"
      " something of a later Ray\n");
  CHECK(report.known);
  CHECK(report.usage ==
        std::map<std::string, ReportedUsage>{{"CPU", {2.5, 4}}, {"memory", {0, 1.5 * 1024 * 1024 * 1024}}});
  CHECK(report.launching == std::map<std::string, std::int64_t>{{"gpu", 3}});
  CHECK(report.failures ==
        std::map<std::string, std::string>{{"big", "LaunchFailed (latest_attempt: 10:11:12)"}});
  CHECK(report.unread_demands == std::vector<std::string>{"something of a later Ray"});
  REQUIRE(report.demands.size() == 3);
  CHECK(report.demands[0] == ReportedDemand{By::kTasks, {{{{"CPU", 1}, {"GPU", 0.5}}, 1}}, "", 3, true});
  CHECK(report.demands[1] ==
        ReportedDemand{By::kPlacementGroup, {{{{"CPU", 1}}, 2}, {{{"GPU", 1}}, 1}}, "STRICT_PACK", 1, true});
  CHECK(report.demands[2] == ReportedDemand{By::kRequest, {{{{"CPU", 4}}, 1}}, "", 2, false});
  CHECK(report.demand_lines.size() == 3);
}

TEST_CASE("demands that are broken or odd stay lines", "[autoscaler]") {
  for (const char* line :
       {"{", "{'CPU'}: 1+ pending tasks/actors", "{'CPU': x}: 1+ pending tasks/actors", "{'CPU: 1}: 1",
        "{'CPU': 1.0}: many pending tasks/actors", "{'CPU': 1.0}: 1+ pending wishes",
        "{'CPU': 1.0} * (PACK): 1+ pending placement groups",
        "{'CPU': 1.0} (PACK: 1+ pending placement groups", "{'CPU': 1.0 'GPU': 1.0}: 1+ pending tasks/actors",
        "{'CPU': inf}: 1+ pending tasks/actors"}) {
    INFO(line);
    const AutoscalerReport report = ReadAutoscalerReport(std::string("Demands:\n ") + line + "\n");
    CHECK(report.demands.empty());
    CHECK(report.unread_demands == std::vector<std::string>{line});
  }
  const AutoscalerReport odd = ReadAutoscalerReport(
      "Pending Demands:\n {\"it's\": 1e-05}: 1+ pending tasks/actors\nFrom request_resources:\n (none)\n");
  REQUIRE(odd.demands.size() == 1);
  CHECK(odd.demands[0].bundles == std::vector<ReportedBundle>{{{{"it's", 1e-5}}, 1}});
}

TEST_CASE("texts without a report have nothing", "[autoscaler]") {
  for (const char* text : {"", "\n",
                           "No cluster status. It may take a few seconds for the Ray internal services "
                           "to start up."})
    CHECK(ReadAutoscalerReport(text) == AutoscalerReport{});
  CHECK(ReadAutoscalerReport("Pending:\n no comma\n , \nRecent failures:\n (no failures)\n nothing\n")
            .failures.empty());
}

TEST_CASE("shapes are written with bytes as people read them", "[autoscaler]") {
  CHECK(ToString(ResourceShape{}) == "nothing");
  CHECK(ToString(ResourceShape{{"CPU", 2}, {"GPU", 0.5}, {"memory", 1024.0 * 1024}}) ==
        "CPU: 2, GPU: 0.5, memory: 1.0 MiB");
  CHECK(FormatAmount(1e20) == "1e+20");
  CHECK(FormatAmount(-0.5) == "-0.5");
}

TEST_CASE("lines are written as they are read", "[autoscaler]") {
  AutoscalerReport report;
  report.known = true;
  report.usage = {{"CPU", {1.5, 4}},
                  {"memory", {0, 4294967296}},
                  {"it's", {1e-5, 1e17}},
                  {"object_store_memory", {1023, 2048}}};
  report.demands = {
      {By::kTasks, {{{{"CPU", 1}, {"it's", 1e-5}}, 1}}, "", 4, true},
      {By::kTasks, {{{}, 1}}, "", 1, true},
      {By::kPlacementGroup, {{{{"CPU", 0.5}}, 2}, {{{"memory", 1073741824}}, 1}}, "STRICT_PACK", 2, true},
      {By::kRequest, {{{{"GPU", 1}}, 1}}, "", 3}};
  report.launching = {{"small", 2}, {"gpu, big", 1}};
  WriteReportLines(&report);
  std::string text = "Autoscaler status: x\nUsage:\n";
  for (const auto& line : report.usage_lines) text += " " + line + "\n";
  text += "Demands:\n";
  for (const auto& line : report.demand_lines) text += " " + line + "\n";
  text += "Pending:\n";
  for (const auto& line : report.pending_lines) text += " " + line + "\n";
  INFO(text);
  CHECK(ReadAutoscalerReport(text) == report);
}

TEST_CASE("what placement groups reserve is written beside what is used", "[autoscaler]") {
  AutoscalerReport report;
  // Of 4 CPUs one is used, and a group has 2 more reserved, of which one is used.
  report.usage = {{"CPU", {3, 4}},
                  {"CPU_group_ab", {1, 2}},
                  {"CPU_group_0_ab", {1, 1}},
                  {"CPU_group_1_ab", {0, 1}},
                  {"bundle_group_ab", {0, 2000}},
                  {"node:10.0.0.1", {0, 1}},
                  {"accelerator_type:T4", {0, 1}}};
  WriteReportLines(&report);
  CHECK(report.usage_lines ==
        std::vector<std::string>{"2.0/4.0 CPU (1.0 used of 2.0 reserved in placement groups)"});
  CHECK(ReadAutoscalerReport("Usage:\n " + report.usage_lines[0]).usage.at("CPU") == ReportedUsage{3, 4});
}
