#include "kubectl-ray/cli/complete.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "kubectl-ray/cli/app.h"
#include "tests/support/tree.h"

namespace {

// What `__complete` prints for these words, with a kubeconfig whose server nobody reaches.
std::string Complete(std::vector<std::string> words) {
  const Tree tree;
  tree.Write("config", R"({"contexts": [{"name": "prod"}, {"name": "dev\u001b[31m"}],
                                  "clusters": [{"name": "c1"}], "users": [{"name": "u1"}]})");
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
