#include "kubectl-ray/manifests/agent.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::At;
using shared::Json;

namespace {

using Delivery = AgentOptions::Delivery;

// A pod of somebody's own, with a container beside Ray's.
Json Pod(const char* pull_policy = nullptr) {
  Json ray = {{"name", "ray-head"}, {"image", "rayproject/ray:2.52.0"}};
  if (pull_policy != nullptr) ray["imagePullPolicy"] = pull_policy;
  return {{"containers", Json::array({ray, {{"name", "fluent-bit"}, {"image", "fluent-bit:3"}}})}};
}

}  // namespace

TEST_CASE("the agent comes into a pod by an archive for each architecture, or by an image") {
  Json pod = Pod("Never");
  PutAgent(pod, {.delivery = Delivery::kConfigMap,
                 .image = {},
                 .sources = {{"any-name", "amd64"}, {"another-name-of-arm64-x", "arm64"}}});
  const Json& init = At(pod, {"initContainers"})[0];
  CHECK(init["image"] == "rayproject/ray:2.52.0");
  CHECK(init["imagePullPolicy"] == "Never");
  const Json& sources = At(pod, {"volumes"})[0]["projected"]["sources"];
  REQUIRE(sources.size() == 2);
  // The path is the architecture's, whatever the ConfigMap is called.
  CHECK(sources[0]["configMap"]["name"] == "any-name");
  CHECK(sources[0]["configMap"]["items"][0]["path"] == "amd64.gz");
  CHECK(sources[1]["configMap"]["items"][0]["path"] == "arm64.gz");
  CHECK(pod["containers"][0]["command"][0] == kAgentProgram);
  CHECK(!pod["containers"][1].contains("command"));

  pod = Pod();
  PutAgent(pod, {.delivery = Delivery::kImage, .image = "example.com/agent:1", .sources = {}});
  CHECK(pod["initContainers"][0]["image"] == "example.com/agent:1");
  CHECK(!pod["initContainers"][0].contains("imagePullPolicy"));
  CHECK(pod["volumes"].size() == 1);
}

TEST_CASE("without the agent a pod keeps its command, and its last lines say how it ended") {
  Json pod = Pod();
  PutAgent(pod, {.delivery = Delivery::kNone, .image = {}, .sources = {}});
  CHECK(!pod["containers"][0].contains("command"));
  CHECK(pod["containers"][0]["terminationMessagePolicy"] == "FallbackToLogsOnError");
  CHECK(!pod.contains("initContainers"));
  CHECK(!pod.contains("volumes"));
}

TEST_CASE("the agent's metrics are opened, and declared beside the ports that are") {
  AgentOptions agent{.delivery = Delivery::kImage, .image = "example.com/agent:1", .sources = {}};
  agent.metrics_port = 8081;
  Json pod = Pod();
  pod["containers"][0]["ports"] = Json::array({{{"containerPort", 8080}, {"name", "metrics"}}});
  PutAgent(pod, agent);
  const Json& ray = pod["containers"][0];
  CHECK(ray["env"] == Json::array({{{"name", "RAY_INIT_AGENT_HEALTH_PORT"}, {"value", "8081"}}}));
  CHECK(ray["ports"][1] == Json{{"containerPort", 8081}, {"name", "agent-metrics"}});
  CHECK(!pod["containers"][1].contains("env"));
  pod = Pod();
  agent.metrics_port = 0;
  PutAgent(pod, agent);
  CHECK(!pod["containers"][0].contains("env"));
}
