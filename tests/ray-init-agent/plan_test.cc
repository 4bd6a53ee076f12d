#include "ray-init-agent/plan.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;

namespace {

using Environment = std::map<std::string, std::string>;

shared::Result<Plan> PlanFor(const Environment& environment, const std::vector<std::string>& flags = {},
                             const shared::RayContainerLimits& limits = {}, std::string_view version = "") {
  const shared::Variables variables = [&](const std::string& name) -> std::optional<std::string> {
    auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  std::vector<std::string> arguments = {"start"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  auto options = ParseOptions(arguments, variables);
  REQUIRE(options);
  return MakePlan(*options, variables, limits, shared::ParseRayRelease(version));
}

std::string Argv(const shared::Result<Plan>& plan) {
  if (!plan) return "error: " + plan.error().message;
  std::string text;
  for (const std::string& argument : plan->argv) text += (text.empty() ? "" : " ") + argument;
  return text;
}

}  // namespace

TEST_CASE("a plan comes from KubeRay's command line") {
  auto plan =
      PlanFor({{"KUBERAY_GEN_RAY_START_CMD",
                "ray start  --address=$FQ_RAY_IP:6379  --block  --metrics-export-port=8080  --num-cpus=1 "},
               {"FQ_RAY_IP", "demo-head-svc.ns.svc.cluster.local"}});
  CHECK(Argv(plan) ==
        "ray start --address=demo-head-svc.ns.svc.cluster.local:6379 --block "
        "--dashboard-agent-listen-port=52365 "
        "--metrics-export-port=8080 --num-cpus=1");
  REQUIRE(plan);
  CHECK_FALSE(plan->is_head());
  CHECK(plan->gcs == GcsAddress{"demo-head-svc.ns.svc.cluster.local", 6379});
}

TEST_CASE("a plan comes from RAY_START_PARAMS") {
  const Environment worker = {{"RAY_INIT_AGENT_NODE_TYPE", "worker"},
                              {"FQ_RAY_IP", "head"},
                              {"RAY_PORT", "6380"},
                              {"RAY_START_PARAMS", "{\"num-gpus\": \"1\"}"}};
  CHECK(Argv(PlanFor(worker, {}, {.cpus = 2, .memory_bytes = 100})) ==
        "ray start --address=head:6380 --block --dashboard-agent-listen-port=52365 --memory=100 "
        "--metrics-export-port=8080 --num-cpus=2 --num-gpus=1");
  CHECK(Argv(PlanFor(worker, {"--param=num-gpus=2", "--address=[fd00::1]:7000", "--ray=/opt/ray"})) ==
        "/opt/ray start --address=[fd00::1]:7000 --block --dashboard-agent-listen-port=52365 "
        "--metrics-export-port=8080 --num-gpus=2");
  CHECK(Argv(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "head"}})) ==
        "ray start --head --block --dashboard-agent-listen-port=52365 --dashboard-host=0.0.0.0 "
        "--metrics-export-port=8080");
}

TEST_CASE("RAY_START_PARAMS win over KubeRay's command line, which still decides the node type") {
  CHECK(Argv(PlanFor({{"KUBERAY_GEN_RAY_START_CMD", "ray start --head --num-cpus=1"},
                      {"RAY_START_PARAMS", "{\"num-cpus\": \"3\"}"}})) ==
        "ray start --head --block --dashboard-agent-listen-port=52365 --dashboard-host=0.0.0.0 "
        "--metrics-export-port=8080 --num-cpus=3");
}

TEST_CASE("what a plan lacks or contradicts is named") {
  CHECK(Argv(PlanFor({})) == "error: the node type is not known");
  CHECK(Argv(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "worker"}})) ==
        "error: the address of the gcs is not known");
  CHECK(Argv(PlanFor(
            {{"RAY_INIT_AGENT_NODE_TYPE", "worker"}, {"KUBERAY_GEN_RAY_START_CMD", "ray start --head"}})) ==
        "error: node type \"worker\" contradicts KUBERAY_GEN_RAY_START_CMD");
  CHECK(Argv(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "head"}}, {"--param=a"})) ==
        "error: --param \"a\" is not key=value");
  CHECK(Argv(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "head"}}, {"--param=a=1", "--param=a=2"})) ==
        "error: --param \"a\" is given twice");
  CHECK(Argv(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "head"}}, {"--param=num-cpus=x", "--param=foo=2"})) ==
        "error: rayStartParams \"foo\": `ray start` has no such option; rayStartParams \"num-cpus\": \"x\" "
        "is not a "
        "whole number");
  CHECK(Argv(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "worker"}, {"RAY_ADDRESS", "ray://head:10001"}})) ==
        "error: cannot read address \"ray://head:10001\": it is not host:port");
}

TEST_CASE("a plan knows the options of the image's Ray") {
  const Environment head = {{"RAY_INIT_AGENT_NODE_TYPE", "head"}};
  CHECK(Argv(PlanFor(head, {"--param=storage=/s"}, {}, "2.48.0"))
            .starts_with("error: rayStartParams \"storage\": `ray start` of Ray 2.48 has no such option"));
  CHECK(PlanFor(head, {"--param=storage=/s"}, {}, "2.47.1")->warnings.empty());
  const auto plan = PlanFor(head, {"--param=brand-new=1"}, {}, "2.61.0");
  CHECK(Argv(plan).starts_with("ray start --head --block --brand-new=1 "));
  REQUIRE(plan->warnings.size() == 1);
}

// Run with 2.40.0, which takes jobs without a token; Ray asks for one from 2.52 on.
TEST_CASE("a plan warns of a token that the image's Ray ignores") {
  const struct {
    const char* mode;
    const char* version;
    bool warns;
  } rows[] = {{"token", "2.9.3", true},   {"token", "2.51.1", true}, {"token", "2.52.0", false},
              {"token", "2.60.0", false}, {"token", "", false},      {"disabled", "2.40.0", false},
              {"", "2.40.0", false}};
  for (const auto& row : rows) {
    const auto plan =
        PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "head"}, {"RAY_AUTH_MODE", row.mode}}, {}, {}, row.version);
    REQUIRE(plan);
    CHECK((plan->warnings.size() == 1) == row.warns);
    if (row.warns)
      CHECK(plan->warnings[0].message.starts_with("RAY_AUTH_MODE \"token\" has no effect: Ray 2."));
  }
}

TEST_CASE("FindGcsAddress prefers the flag, then FQ_RAY_IP, then RAY_ADDRESS") {
  CHECK(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "worker"}, {"FQ_RAY_IP", "fd00::1"}, {"RAY_PORT", "7"}})->gcs ==
        GcsAddress{"fd00::1", 7});
  CHECK(PlanFor({{"RAY_INIT_AGENT_NODE_TYPE", "worker"}, {"RAY_ADDRESS", "head:8"}})->gcs ==
        GcsAddress{"head", 8});
}

TEST_CASE("a dashboard is asked at the host that it was given") {
  using Hosts = std::vector<std::string>;
  const struct {
    Environment environment;
    const char* params;
    Hosts expected;
  } rows[] = {
      {{}, "{}", {"127.0.0.1", "::1"}},
      {{}, R"({"dashboard-host": "0.0.0.0"})", {"127.0.0.1", "::1"}},
      {{}, R"({"dashboard-host": "localhost"})", {"127.0.0.1", "::1"}},
      // asyncio makes "::" take IPv6 alone.
      {{}, R"({"dashboard-host": "::"})", {"::1", "127.0.0.1"}},
      {{}, R"({"dashboard-host": "10.0.0.7"})", {"10.0.0.7"}},
      {{}, R"({"dashboard-host": "fd00::7"})", {"fd00::7"}},
      // At the address of a pod with IPv6 alone, KubeRay's default of 0.0.0.0 would answer nobody.
      {{{"POD_IP", "fd00::7"}}, "{}", {"::1", "127.0.0.1"}},
      {{{"POD_IP", "fd00::7"}}, R"({"dashboard-host": "0.0.0.0"})", {"127.0.0.1", "::1"}},
      {{{"POD_IP", "10.0.0.7"}}, R"({"node-ip-address": "fd00::7"})", {"::1", "127.0.0.1"}},
      {{{"POD_IP", "10.0.0.7"}}, "{}", {"127.0.0.1", "::1"}},
  };
  for (const auto& row : rows) {
    Environment environment = row.environment;
    environment.insert({{"RAY_INIT_AGENT_NODE_TYPE", "head"}, {"RAY_START_PARAMS", row.params}});
    const auto plan = PlanFor(environment);
    REQUIRE(plan);
    CHECK(plan->health_targets().dashboard_hosts == row.expected);
  }
}
