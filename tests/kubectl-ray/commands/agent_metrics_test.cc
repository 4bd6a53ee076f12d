// --agent-metrics, from words to what is sent.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.h"

namespace {

// The output of a dry run without a server, or the message.
std::string Created(std::vector<std::string> flags) {
  std::vector<std::string> words = {"create", "cluster",       "demo", "-n",
                                    "team",   "--agent-image", "i",    "--dry-run"};
  words.insert(words.end(), flags.begin(), flags.end());
  const Outcome done = RunProgram(words, {{"HOME", "/nowhere"}});
  return done.code == 0 ? done.out : done.err;
}

int CountOf(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// What `create workergroup more -c demo` sends for a cluster whose head has this container.
std::string Added(const std::string& head_container, std::vector<std::string> flags) {
  const std::string cluster =
      R"({"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "demo", "namespace": "default"},
          "spec": {"headGroupSpec": {"template": {"spec": {"containers": [)" +
      head_container + R"(]}}}, "workerGroupSpecs": []}})";
  const std::string ray = "/apis/ray.io/v1", demo = ray + "/namespaces/default/rayclusters/demo";
  Transcript transcript({{"GET " + ray, HttpAnswer(200, R"({"resources":[{"name":"rayclusters"}]})")},
                         {"GET " + demo, HttpAnswer(200, cluster)},
                         {"PATCH " + demo, HttpAnswer(200, cluster)}});
  std::vector<std::string> words = {"create", "workergroup", "more", "-c", "demo", "--agent-image", "i"};
  words.insert(words.end(), flags.begin(), flags.end());
  transcript.Run(words);
  return transcript.text();
}

}  // namespace

TEST_CASE("create cluster opens and declares the agent's port, and its policies let Prometheus in") {
  const std::string usual = Created({"--agent-metrics", "--network-policy"});
  CHECK(CountOf(usual, "name: RAY_INIT_AGENT_HEALTH_PORT") == 2);
  CHECK(CountOf(usual, "value: \"8081\"") == 2);
  CHECK(CountOf(usual, "name: agent-metrics") == 2);
  CHECK(CountOf(usual, "port: 8081\n") == 2);
  CHECK(CountOf(Created({"--agent-metrics=9101"}), "containerPort: 9101") == 2);
  const std::string off = Created({"--network-policy"});
  CHECK(!Has(off, "8081"));
  CHECK(!Has(off, "agent-metrics"));
}

TEST_CASE("a port that cannot be the agent's is refused before anything is sent") {
  CHECK(Has(Created({"--agent-metrics=80"}), "cannot serve ray-init-agent's metrics at \"80\""));
  CHECK(Has(Created({"--agent-metrics=x\x1b"}), "it is no port from 1024 to 65535"));
  CHECK(Has(Created({"--agent-metrics=8265"}),
            "cannot use the ports: the port 8265 of ray-init-agent's metrics on the head is that of "
            "\"dashboard\""));
  CHECK(
      Has(Created({"--agent-metrics=7001", "--ports", "fixed"}), "is that of \"node-manager\" (7001), too"));
  CHECK(Has(Created({"--agent-metrics", "--env", "RAY_INIT_AGENT_HEALTH_PORT=9101"}), "mean the same"));
  // Another's way to the same.
  CHECK(Has(Created({"--env", "RAY_INIT_AGENT_HEALTH_PORT=8080"}), "is that of \"metrics\" (8080), too"));
}

TEST_CASE("a worker group's agents have the port of the head's, unless they are given another") {
  const std::string open =
      R"({"name": "ray-head", "image": "r", "env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "9101"}]})";
  const std::string closed = R"({"name": "ray-head", "image": "r"})";
  CHECK(Has(Added(open, {}), R"({"containerPort":9101,"name":"agent-metrics"})"));
  CHECK(Has(Added(open, {"--agent-metrics"}), R"({"containerPort":8081,"name":"agent-metrics"})"));
  CHECK(!Has(Added(open, {"--env", "RAY_INIT_AGENT_HEALTH_PORT=9102"}), "9101"));
  const std::string added = Added(closed, {});
  CHECK(Has(added, "sent: PATCH"));
  CHECK(!Has(added, "agent-metrics"));
  const std::string refused = Added(closed, {"--agent-metrics=8080"});
  CHECK(Has(refused, "on group \"more\" is that of \"metrics\" (8080), too"));
  CHECK(!Has(refused, "sent: "));
}
