#include "kubectl-ray/cli/complete.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/support/loopback.h"
#include "tests/support/program.h"
#include "tests/support/scripted_api.h"
#include "tests/support/tree.h"

namespace {

// A kubeconfig whose server nobody reaches.
const char* const kNoServer = R"({"contexts": [{"name": "prod"}, {"name": "dev\u001b[31m"}],
                                  "clusters": [{"name": "c1"}], "users": [{"name": "u1"}]})";

// What `__complete` prints for these words.
std::string Complete(std::vector<std::string> words, const std::string& kubeconfig = kNoServer) {
  const Tree tree;
  tree.Write("config", kubeconfig);
  words.insert(words.begin(), "__complete");
  const Outcome outcome =
      RunProgram(std::move(words), {{"KUBECONFIG", tree.path() + "/config"}, {"HOME", tree.path()}});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

}  // namespace

TEST_CASE("kubectl's flags are completed with the kubeconfig's names, escaped") {
  CHECK(Complete({"--context", ""}) == "prod\ndev\\x1b[31m\n:4\n");
  CHECK(Complete({"get", "cluster", "--context", "p"}) == "prod\n:4\n");
  CHECK(Complete({"--context=p"}) == "prod\n:4\n");
  CHECK(Complete({"--user", ""}) == "u1\n:4\n");
  CHECK(Complete({"get", "cluster", "--cluster", ""}) == "c1\n:4\n");
  CHECK(Complete({"--kubeconfig", "/nowhere", "--context", ""}) == ":4\n");
}

TEST_CASE("the names of clusters of either kind are asked for side by side") {
  // Answers none before all three have asked, as far as ten seconds go; a prompt waits no more than two.
  std::mutex mutex;
  std::condition_variable all_asked;
  std::set<std::string> asked;
  LoopbackServer server([&](const LoopbackConnection& connection) {
    std::string request = connection.ReceiveRequest();
    if (request.empty()) return;
    request = request.substr(0, request.find(' ', request.find(' ') + 1));
    std::unique_lock lock(mutex);
    asked.insert(request.substr(0, request.find('?')));
    all_asked.notify_all();
    all_asked.wait_for(lock, std::chrono::seconds(10), [&] { return asked.size() == 3; });
    const bool clusters = request.find("rayclusters") != std::string::npos;
    connection.Send(
        HttpAnswer(200, clusters ? R"({"items":[{"metadata":{"name":"of-kuberay"}}]})"
                                 : R"({"items":[{"metadata":{"labels":{"ray.io/cluster":"plain"}}}]})"));
  });
  const std::string kubeconfig = KubeconfigFor("http://127.0.0.1:" + std::to_string(server.port()));
  CHECK(Complete({"get", "cluster", ""}, kubeconfig) == "of-kuberay\nplain\n:4\n");
  CHECK(asked == std::set<std::string>{"GET /api/v1/namespaces/default/pods",
                                       "GET /apis/apps/v1/namespaces/default/deployments",
                                       "GET /apis/ray.io/v1/namespaces/default/rayclusters"});
}

TEST_CASE("the words before the one to complete are read as the command line is") {
  CHECK(Complete({"-n=x", "--context", "p"}) == "prod\n:4\n");
  CHECK(Complete({"get", "cluster", "-Ao", "json", "--context=d"}) == "dev\\x1b[31m\n:4\n");
  CHECK(Complete({"get", "-A", "cluster", "--context=p"}) == "prod\n:4\n");
  CHECK(Complete({"get", "cluster", "--nope", "--context", ""}) == ":4\n");
}

TEST_CASE("a command's own --cluster is a Ray cluster") {
  CHECK(Complete({"job", "submit", "--cluster", ""}) == ":4\n");
}

TEST_CASE("commands, flags and a flag's few values") {
  CHECK(Complete({"comp"}).starts_with("completion\t"));
  CHECK(Complete({"completion", "pow"}) == "powershell\n:0\n");
  CHECK(Complete({"logs", "demo", "--node-type", "h"}) == "head\n:0\n");
  CHECK(Complete({"logs", "--node-ty"}).starts_with("--node-type\t"));
  CHECK(Complete({"exec", "demo", "--", "p"}) == ":4\n");
}

// Today's mistake was that each of them offered clusters.
TEST_CASE("an argument and a flag are completed with what they name") {
  const auto list = [](const char* items) {
    return HttpAnswer(200, std::string(R"({"items":[)") + items + "]}");
  };
  ScriptedApi api(AnswersByRequest{
      {{"GET /apis/ray.io/v1/namespaces/default/rayclusters",
        list(R"({"metadata":{"name":"demo"},"spec":{"workerGroupSpecs":[{"groupName":"gpus"}]}})")},
       {"GET /apis/ray.io/v1/namespaces/default/rayjobs", list(R"({"metadata":{"name":"train"}})")},
       {"GET /apis/ray.io/v1/namespaces/default/rayservices", list(R"({"metadata":{"name":"answers"}})")},
       {"GET /api/v1/namespaces/default/pods",
        list(R"({"metadata":{"name":"demo-head-x","labels":{"ray.io/cluster":"demo"}}})")}}});
  const std::string kubeconfig = KubeconfigFor(api.Access().server);
  const std::map<std::vector<std::string>, std::string> rows = {
      {{"get", "cluster", ""}, "demo\n:4\n"},
      {{"get", "token", "d"}, "demo\n:4\n"},
      {{"scale", "cluster", ""}, "demo\n:4\n"},
      {{"scale", "cluster", "demo", "--worker-group", ""}, "gpus\n:4\n"},
      {{"get", "workergroup", ""}, "gpus\n:4\n"},
      {{"get", "workergroup", "-c", ""}, "demo\n:4\n"},
      {{"get", "node", ""}, "demo-head-x\n:4\n"},
      {{"get", "job", ""}, "train\n:4\n"},
      {{"get", "service", ""}, "answers\n:4\n"},
      {{"job", "logs", ""}, "rayjob/train\n:4\n"},
      {{"job", "delete", "rayjob/t"}, "rayjob/train\n:4\n"},
      {{"job", "stop", "--cluster", ""}, "demo\n:4\n"},
      {{"job", "stop", "--ray-cluster=d"}, "demo\n:4\n"},
      {{"logs", ""}, "demo\n:4\n"},  // bare names first
      {{"logs", "rayj"}, "rayjob/train\n:4\n"},
      {{"logs", "rayservice/"}, "rayservice/answers\n:4\n"},
      {{"delete", "de"}, "demo\n:4\n"},
      {{"create", "cluster", ""}, ":0\n"},      // a new name
      {{"session", "stop", ""}, ":4\n"},        // none is in the background
      {{"create", "workergroup", ""}, ":0\n"},  // a new name
  };
  for (const auto& [words, expected] : rows) {
    INFO(words[0] + " " + words[1] + " ... " + words.back());
    CHECK(Complete(words, kubeconfig) == expected);
  }
}
