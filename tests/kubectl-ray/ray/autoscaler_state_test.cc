#include "kubectl-ray/ray/autoscaler_state.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;
using Lines = std::vector<std::string>;

// Reports as ray/autoscaler/v2/utils.py (2.52) and ray/autoscaler/_private/util.py (2.40) print them.
TEST_CASE("a report of Ray's autoscaler is read by its headings, those of either release") {
  struct Row {
    const char* report;
    Lines usage, demands, pending;
  };
  const Row rows[] = {
      {"Node status\nPending:\n 10.0.0.7: worker, launching\n\nTotal Usage:\n 1.0/2.0 CPU\n 0B/2GiB "
       "memory\n\n"
       "Pending Demands:\n {'GPU': 1.0}: 3+ pending tasks/actors\n",
       {"1.0/2.0 CPU", "0B/2GiB memory"},
       {"{'GPU': 1.0}: 3+ pending tasks/actors"},
       {"10.0.0.7: worker, launching"}},
      {"Pending:\n (no pending nodes)\nUsage:\n 0.0/4.0 CPU\nDemands:\n (no resource demands)\n",
       {"0.0/4.0 CPU"},
       {},
       {}},
      {"Total Usage:", {}, {}, {}},
      {" 1.0/2.0 CPU\n", {}, {}, {}},
      {"", {}, {}, {}},
  };
  for (const Row& row : rows) {
    INFO(row.report);
    const RayView view = ReadRayView({{"data", {{"clusterStatus", row.report}}}}, Json(), Json());
    CHECK(view.scaling.usage_lines == row.usage);
    CHECK(view.scaling.demand_lines == row.demands);
    CHECK(view.scaling.pending_lines == row.pending);
  }
}

TEST_CASE("nodes are counted, and jobs that are over are left out") {
  const RayView view = ReadRayView(
      Json(),
      *shared::ParseJson(
          R"({"data":{"summary":[{"raylet":{"state":"ALIVE"}},{"raylet":{"state":"DEAD"}},{"raylet":{}}]}})"),
      *shared::ParseJson(
          R"([{"submission_id":"a","status":"RUNNING","entrypoint":"python a.py"},
              {"submission_id":"b","status":"SUCCEEDED"},{"submission_id":"c","status":"PENDING"},
              {"submission_id":null,"job_id":"02000000","status":"RUNNING","entrypoint":"python -c \"\nx\""}])"));
  CHECK(view.alive == 2);
  CHECK(view.dead == 1);
  CHECK(view.jobs == Lines{"a RUNNING python a.py", "c PENDING ", "02000000 RUNNING python -c \" x\""});
  for (const char* odd : {"null", "5", "[]", R"({"data":[]})", R"([null,7])"}) {
    INFO(odd);
    const Json answer = *shared::ParseJson(odd);
    CHECK(ReadRayView(answer, answer, answer) == RayView{});
  }
}
