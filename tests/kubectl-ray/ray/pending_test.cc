#include "kubectl-ray/ray/pending.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

shared::Json Parse(const char* text) { return *shared::ParseJson(text); }

const char* const kOneNode =
    R"([{"state":"ALIVE","resources_total":{"CPU":2.0,"memory":1000.0}},{"state":"DEAD","resources_total":{"GPU":8.0}}])";
const char* const kTwoNodes =
    R"([{"state":"ALIVE","resources_total":{"CPU":2.0}},{"state":"ALIVE","resources_total":{"CPU":1.0,"GPU":1.0}}])";

}  // namespace

TEST_CASE("why a job waits is told from what it asks for and what there is") {
  struct Row {
    const char *required, *nodes, *usage, *why;
  };
  const Row rows[] = {
      {"{}", kOneNode, "{}", ""},
      {R"({"CPU":2.0})", kOneNode, R"({"CPU":[0.0,2.0]})", ""},
      {R"({"CPU":2.0})", kOneNode, R"({"CPU":[0.5,2.0]})",
       "its entrypoint waits for resources in use: CPU: 2 (1.5 of 2 free)"},
      {R"({"memory":900.0})", kOneNode, R"({"memory":[512.0,1000.0]})",
       "its entrypoint waits for resources in use: memory: 900 B (488 B of 1000 B free)"},
      // Bytes are rounded in the report.
      {R"({"memory":1000.0})", kOneNode, R"({"memory":[0.0,999.0]})", ""},
      {R"({"CPU":2.5})", kOneNode, "{}",
       "no node of the cluster has what its entrypoint asks for: CPU: 2.5 (the most that one has is 2)"},
      {R"({"special":2.0,"GPU":1.0})", kOneNode, "{}",
       "no node of the cluster has what its entrypoint asks for: special: 2 and GPU: 1"},
      {R"({"CPU":2.0,"GPU":1.0})", kTwoNodes, "{}",
       "no node of the cluster has at once what its entrypoint asks for: CPU: 2 and GPU: 1"},
      {R"({"CPU":1.0,"GPU":1.0})", kTwoNodes, "{}", ""},
      // What cannot be read is no reason.
      {R"({"CPU":"2"})", kOneNode, "{}", ""},
      {R"({"GPU":1.0})", "null", "{}", ""},
      {R"({"GPU":1.0})", "[]", "{}", ""},
      {R"([1])", "[1,{}]", "[]", ""},
      {R"({"CPU":1.0})", kOneNode, R"({"CPU":[1.0]})", ""},
  };
  for (const Row& row : rows) {
    INFO(row.required << ' ' << row.nodes << ' ' << row.usage);
    PendingFacts facts;
    facts.actor["required_resources"] = Parse(row.required);
    facts.nodes = Parse(row.nodes);
    facts.usage = Parse(row.usage);
    CHECK(WhyPending(facts) == row.why);
  }
}

TEST_CASE("a runtime_env that is being installed is told by its fields") {
  struct Row {
    const char *own, *listed, *success, *why;
  };
  const Row rows[] = {
      {R"({"pip":{"packages":["a"]},"env_vars":{}})", R"({"env_vars":{},"pip":{"packages":["a"]}})", "null",
       "its runtime_env is being installed (pip)"},
      {R"({"pip":[],"working_dir":"gcs://x"})", R"({"pip":[],"working_dir":"gcs://x"})", "null",
       "its runtime_env is being installed (pip and working_dir)"},
      {R"({"pip":["a"]})", R"({"pip":["a"]})", "true", ""},
      {R"({"pip":["a"]})", R"({"pip":["b"]})", "null", ""},
      {R"({"env_vars":{}})", R"({"env_vars":{}})", "null", ""},
      {"no JSON", "{}", "null", ""},
  };
  for (const Row& row : rows) {
    INFO(row.own << ' ' << row.listed);
    PendingFacts facts;
    facts.actor["serialized_runtime_env"] = row.own;
    facts.runtime_envs =
        shared::Json::array({{{"runtime_env", Parse(row.listed)}, {"success", Parse(row.success)}}});
    CHECK(WhyPending(facts) == row.why);
  }
  CHECK(WhyPending({}).empty());
}

TEST_CASE("what is in use is read from the report that the autoscaler v2 gives") {
  // /api/cluster_status?format=1 of Ray 2.60 with RAY_enable_autoscaler_v2=1
  const auto usage = kubectl_ray::UsageOfReport(
      "======== Autoscaler status: 2026-11-29 07:00:00.000000 ========\nNode status\n"
      "---------------------------------------------------------------\nActive:\n 1 node_1/2 "
      "headgroup\nPending:\n"
      " (no pending nodes)\n\nResources\n---------------------------------------------------------------\n"
      "Total Usage:\n 1.5/4.0 CPU (1.0 used of 2.0 reserved in placement groups)\n 0.0/1.0 GPU\n"
      " 0B/4.00GiB memory\n 0B/1.00GiB object_store_memory\n 0.0/3.0 my/resource\n\nFrom "
      "request_resources:\n (none)\n"
      "Pending Demands:\n {'CPU': 1.0}: 1+ pending tasks/actors\n\nNode: a (headgroup)\n Usage:\n  9.0/9.0 "
      "CPU\n");
  CHECK(usage == Parse(R"({"CPU":[2.5,4.0],"GPU":[0.0,1.0],"memory":[0.0,4294967296.0],
      "my/resource":[0.0,3.0],"object_store_memory":[0.0,1073741824.0]})"));
  CHECK(kubectl_ray::UsageOfReport("Usage:\n 1.0/1.0 CPU") == Parse(R"({"CPU":[1.0,1.0]})"));
  for (const char* text :
       {"", "Usage:", "1.0/1.0 CPU", "Usage:\n x/y CPU\n 1/2\n /1 CPU\n 1/ CPU\n nan/1 CPU\n 1/2  \n"})
    CHECK(kubectl_ray::UsageOfReport(text).empty());
}
