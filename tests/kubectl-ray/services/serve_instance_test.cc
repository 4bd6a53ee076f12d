#include "kubectl-ray/services/serve_instance.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

ServeInstance Parsed(const std::string& yaml) {
  const auto answer = ParseYaml("x", yaml);
  REQUIRE(answer);
  const auto instance = ParseServeInstance(*answer);
  REQUIRE(instance);
  return *instance;
}

// As serve_head.py answers while no Serve has been started, with every Ray from 2.9.3 to 2.60.
const char* const kNone = "{controller_info: {}, proxies: {}, applications: {}, target_capacity: null}";

ServeInstance With(const std::string& applications) {
  return Parsed("{controller_info: {node_id: a}, proxies: {a: {status: HEALTHY}, b: {status: STARTING}}, " +
                std::string("applications: {") + applications + "}}");
}

}  // namespace

TEST_CASE("what a dashboard says of Serve is read, whatever is missing in it") {
  CHECK(Parsed(kNone) == ServeInstance{.options = Json::object()});
  const ServeInstance read = Parsed(R"(
controller_info: {node_id: a}
proxy_location: EveryNode
http_options: {host: 0.0.0.0, port: 8000}
target_capacity: 50
proxies: {a: {status: HEALTHY}, b: {status: UNHEALTHY}, c: 1}
applications:
  fruit:
    route_prefix: /fruit
    status: RUNNING
    source: declarative
    deployed_app_config: {name: fruit, import_path: "fruit:app"}
    deployments:
      Fruit: {status: HEALTHY, target_num_replicas: 2, replicas: [{state: RUNNING}, {state: STARTING}, 3]}
      Old: {message: x}
  run: {route_prefix: null, status: DEPLOYING, message: "m", source: imperative, deployed_app_config: null}
  old: {status: RUNNING}
  gone: {status: DELETING, deployed_app_config: null}
  odd: 7
)");
  CHECK(read.runs);
  CHECK(read.proxies == 3);
  CHECK(read.healthy_proxies == 1);
  CHECK(
      shared::DumpJson(read.options) ==
      R"({"proxy_location":"EveryNode","http_options":{"host":"0.0.0.0","port":8000},"target_capacity":50})");
  const Json config = {{"name", "fruit"}, {"import_path", "fruit:app"}};
  const std::vector<ServedApplication> wanted = {
      {"fruit",
       "RUNNING",
       "",
       "/fruit",
       ServedBy::kConfig,
       config,
       {{"Fruit", "HEALTHY", "", 1, 2}, {"Old", "unknown", "x", 0, std::nullopt}}},
      {"run", "DEPLOYING", "m", "", ServedBy::kProgram, Json(), {}},
      {"old", "RUNNING", "", "", ServedBy::kUnknown, Json(), {}},
      {"gone", "DELETING", "", "", ServedBy::kConfig, Json(), {}},
      {"odd", "unknown", "", "", ServedBy::kUnknown, Json(), {}}};
  CHECK(read.applications == wanted);
  for (const char* bad : {"[]", "{}", "{applications: []}", "x"})
    CHECK(ParseServeInstance(*ParseYaml("x", bad)).error().code == shared::ErrorCode::kInternal);
}

TEST_CASE("the verdict on what is served") {
  using enum RolloutVerdict;
  const struct {
    std::string applications;
    std::vector<std::string> names;
    ServeVerdict wanted;
  } rows[] = {
      {"a: {status: RUNNING}", {}, {kReady, ""}},
      {"a: {status: RUNNING}, b: {status: DEPLOYING, message: 'pulls\n\nit'}",
       {},
       {kProgressing, "application \"b\" is DEPLOYING: pulls; it"}},
      {"a: {status: UNHEALTHY}", {}, {kProgressing, "application \"a\" is UNHEALTHY"}},
      {"a: {status: DELETING}", {}, {kProgressing, "application \"a\" is DELETING"}},
      {"a: {status: NEW_IN_2_99}", {}, {kProgressing, "application \"a\" is NEW_IN_2_99"}},
      {"a: {status: DEPLOYING}, b: {status: DEPLOY_FAILED, message: no x}",
       {},
       {kFailed, "application \"b\" is DEPLOY_FAILED: no x"}},
      // What was not asked for does not count, and what is asked for has to come.
      {"a: {status: RUNNING}, b: {status: DEPLOY_FAILED}", {"a"}, {kReady, ""}},
      {"a: {status: RUNNING}", {"a", "c"}, {kProgressing, "application \"c\" is not there yet"}},
      {"", {"c"}, {kProgressing, "application \"c\" is not there yet"}},
      {"", {}, {kReady, ""}},
  };
  for (const auto& row : rows) {
    INFO(row.applications);
    CHECK(JudgeServe(With(row.applications), row.names) == row.wanted);
  }
}

TEST_CASE("what is served is shown as a tree, escaped, as JSON and as URLs") {
  const ServeInstance instance = With(
      "fruit: {route_prefix: /, status: DEPLOY_FAILED, message: \"no\\n\\e[31mx\", deployed_app_config: {}, "
      "deployments: {Fruit: {status: UNHEALTHY, message: \"it\\nended\", target_num_replicas: 1, replicas: "
      "[]}, "
      "Old: {status: HEALTHY, replicas: [{state: RUNNING}]}}}, \"m\\e\": {status: RUNNING, "
      "deployed_app_config: {}}");
  const ServeVerdict verdict = JudgeServe(instance);
  CHECK(RenderServe(instance, verdict, "cluster \"demo\"") ==
        "Serve on cluster \"demo\" cannot finish: application \"fruit\" is DEPLOY_FAILED: no; \\x1b[31mx\n"
        "  /  application \"fruit\" is DEPLOY_FAILED: no; \\x1b[31mx\n"
        "    deployment \"Fruit\" is UNHEALTHY, 0 of 1 replicas run: it; ended\n"
        "    deployment \"Old\" is HEALTHY, 1 replicas run\n"
        "  application \"m\\x1b\" is RUNNING\n"
        "  1 of 2 proxies healthy\n");
  CHECK(RenderServeVerdict({RolloutVerdict::kReady, ""}, "\"x\"") ==
        "Serve on \"x\" serves what was deployed");
  CHECK(RenderServeVerdict({RolloutVerdict::kProgressing, "w"}, "\"x\"") ==
        "Serve on \"x\" is on its way: w");
  CHECK(
      shared::DumpJson(ServeToJson(instance, verdict)) ==
      R"({"verdict":"failed","why":"application \"fruit\" is DEPLOY_FAILED: no; \u001b[31mx","applications":[)"
      R"({"name":"fruit","status":"DEPLOY_FAILED","message":"no\n\u001b[31mx","routePrefix":"/","deployments":[)"
      R"({"name":"Fruit","status":"UNHEALTHY","message":"it\nended","runningReplicas":0,"targetReplicas":1},)"
      R"({"name":"Old","status":"HEALTHY","message":"","runningReplicas":1}]},)"
      R"({"name":"m\u001b","status":"RUNNING","message":"","routePrefix":null,"deployments":[]}],)"
      R"("proxies":2,"healthyProxies":1})");
  CHECK(DescribeRoutes(instance, "http://localhost:8000") ==
        std::vector<std::string>{"http://localhost:8000/  application \"fruit\" is DEPLOY_FAILED"});
}
