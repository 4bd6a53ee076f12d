#include "kubectl-ray/kinds/agent_port.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("the agent's port is read from words and variables of a container") {
  struct Row {
    const char* container;
    int port;
  };
  const Row rows[] = {
      {"null", 0},
      {"{}", 0},
      {R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "8081"}]})", 8081},
      {R"({"env": [{"name": "X", "value": "1"}, {"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "9101"}]})",
       9101},
      {R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "0"}]})", 0},
      {R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "65536"}]})", 0},
      {R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "valueFrom": {}}]})", 0},
      {R"({"env": {"RAY_INIT_AGENT_HEALTH_PORT": "8081"}})", 0},
      {R"({"command": ["/a", "start", "--health-port=9101"]})", 9101},
      {R"({"command": ["/a"], "args": ["start", "--health-port", "9101"]})", 9101},
      {R"({"command": ["/a", "start", "--health-port"], "args": ["9101"]})", 9101},
      {R"({"args": ["--health-port=9101", "--health-port=9102"]})", 9102},
      {R"({"args": ["--health-port=9101"], "env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "8081"}]})",
       9101},
      {R"({"args": ["--health-ports=1", "--health-port", 5]})", 0},
      {R"({"command": "--health-port=9101"})", 0},
  };
  for (const Row& row : rows) {
    INFO(row.container);
    CHECK(AgentPort(*shared::ParseJson(row.container)) == row.port);
  }
}

TEST_CASE("an open port of the agent is declared, beside others that are") {
  const auto declared = [](const char* ports, const char* value = "9101") {
    Json container = {{"env", Json::array({{{"name", kAgentPortVariable}, {"value", value}}})}};
    if (ports != nullptr) container["ports"] = *shared::ParseJson(ports);
    DeclareAgentPort(&container);
    return shared::DumpJson(shared::At(container, {"ports"}));
  };
  CHECK(declared(R"([{"containerPort": 6379, "name": "gcs-server"}])") ==
        R"([{"containerPort":6379,"name":"gcs-server"},{"containerPort":9101,"name":"agent-metrics"}])");
  // KubeRay gives a head's Service Ray's own ports only if the head declares none.
  CHECK(declared(nullptr) == "null");
  CHECK(declared("[]") == "[]");
  // What is there stays.
  CHECK(declared(R"([{"containerPort":9101}])") == R"([{"containerPort":9101}])");
  CHECK(declared(R"([{"containerPort":1,"name":"agent-metrics"}])") ==
        R"([{"containerPort":1,"name":"agent-metrics"}])");
  CHECK(declared(R"([{"containerPort":1}])", "0") == R"([{"containerPort":1}])");
}
