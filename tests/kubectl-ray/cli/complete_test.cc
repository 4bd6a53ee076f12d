#include "kubectl-ray/cli/complete.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <sstream>

#include "kubectl-ray/cli/app.h"
#include "tests/support/loopback.h"
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
  std::istringstream in;
  std::ostringstream out, err;
  kubectl_ray::Streams io{.in = in, .out = out, .err = err};
  shared::Interrupt interrupt;
  words.insert(words.begin(), "__complete");
  const int code = kubectl_ray::RunApp(
      words, io,
      [&](const std::string& name) {
        return name == "KUBECONFIG" ? std::optional(tree.path() + "/config") : std::nullopt;
      },
      interrupt);
  CHECK(code == 0);
  CHECK(err.str().empty());
  return out.str();
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
  const std::string port = std::to_string(server.port());
  const std::string kubeconfig =
      R"({"current-context": "x", "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
      "users": [{"name": "x", "user": {}}], "clusters": [{"name": "x", "cluster": {"server": "http://127.0.0.1:)" +
      port + R"("}}]})";
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
