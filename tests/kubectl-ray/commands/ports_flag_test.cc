// --ports beside `create cluster`: of `up` and of `job submit --name`.
#include "kubectl-ray/commands/ports_flag.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/commands/job_submit.h"
#include "kubectl-ray/commands/up.h"
#include "tests/support/program.h"

using namespace kubectl_ray;

namespace {

using Words = std::vector<std::string>;

// Runs the words with a kubeconfig whose server nobody reaches.
Outcome RunAlone(const Words& words, const Tree& home) {
  home.Write("config", KubeconfigFor("http://127.0.0.1:1"));
  return RunProgram(words, {{"KUBECONFIG", home.path() + "/config"}, {"HOME", home.path()}});
}

}  // namespace

TEST_CASE("flags of ports") {
  CommandTree tree(Commands());
  const auto up = tree.Parse({"up", "c.yaml", "--ports", "fixed"});
  REQUIRE(up);
  CHECK(tree.Find(up->command)->flags<UpFlags>()->ports == "fixed");
  CommandTree again(Commands());
  const auto submit = again.Parse({"job", "submit", "--name", "x", "--ports=ports.yaml", "--", "true"});
  REQUIRE(submit);
  CHECK(again.Find(submit->command)->flags<SubmitFlags>()->ray_job.ports == "ports.yaml");
}

TEST_CASE("job submit --name fixes the ports of the RayJob's cluster") {
  const Tree home;
  home.Write("ports.yaml", "gcs: 6380\nworkers: 8301-8600\n");
  const Words words = {"job", "submit", "--name", "sample", "--dry-run"};
  const auto with = [&](const Words& more) {
    Words all = words;
    all.insert(all.end(), more.begin(), more.end());
    return RunAlone(all, home);
  };
  CHECK(with({"--", "true"}).out.find("node-manager-port") == std::string::npos);
  const Outcome fixed = with({"--ports", "fixed", "--", "true"});
  CHECK(fixed.code == 0);
  CHECK(fixed.out.find("node-manager-port: \"7001\"") != std::string::npos);
  CHECK(fixed.out.find("max-worker-port: \"10201\"") != std::string::npos);
  const Outcome file = with({"--ports", home.path() + "/ports.yaml", "--", "true"});
  CHECK(file.out.find("port: \"6380\"") != std::string::npos);
  CHECK(file.out.find("max-worker-port: \"8600\"") != std::string::npos);
  CHECK(with({"--ports", "no-such.yaml", "--", "true"}).code == 2);
}

TEST_CASE("--ports is for a cluster that is made from flags") {
  const Tree home;
  home.Write("rayjob.yaml", "apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: x}\nspec: {}\n");
  const std::pair<Words, const char*> rows[] = {
      {{"job", "submit", "--cluster", "demo", "--ports", "fixed", "--", "true"},
       "error: --ports says nothing without --name\n"},
      {{"job", "submit", "-f", home.path() + "/rayjob.yaml", "--ports", "fixed", "--dry-run", "--", "true"},
       "error: cannot use --ports with --filename\n"},
  };
  for (const auto& [words, refusal] : rows) {
    const Outcome outcome = RunAlone(words, home);
    INFO(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find(refusal) != std::string::npos);
  }
}

TEST_CASE("--ports is completed with its preset, beside files") {
  const Tree home;
  for (const Words& command : {Words{"up", "c.yaml"}, {"create", "cluster", "x"}, {"job", "submit"}}) {
    Words words = {"__complete"};
    words.insert(words.end(), command.begin(), command.end());
    words.insert(words.end(), {"--ports", "f"});
    CHECK(RunAlone(words, home).out == "fixed\n:0\n");
    words.back() = "ports.y";
    CHECK(RunAlone(words, home).out == ":0\n");
  }
}
