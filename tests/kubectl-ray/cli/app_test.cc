#include "kubectl-ray/cli/app.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.h"
#include "tests/support/tree.h"

TEST_CASE("version is data on stdout") {
  const Outcome outcome = RunProgram({"version", "--client"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("kubectl ray plugin version: v"));
  CHECK(outcome.err.empty());
}

TEST_CASE("an unknown command is a usage error on stderr") {
  const Outcome outcome = RunProgram({"no-such-command"});
  CHECK(outcome.code == kubectl_ray::kExitUsage);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("no-such-command") != std::string::npos);
}

TEST_CASE("help goes to stdout and is a success") {
  const Outcome outcome = RunProgram({"--help"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("version") != std::string::npos);
}

TEST_CASE("a command that runs no program refuses what stands after --") {
  const Outcome outcome = RunProgram({"version", "--", "python", "x.py"});
  CHECK(outcome.code == kubectl_ray::kExitUsage);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("--") != std::string::npos);
}

TEST_CASE("help COMMAND is COMMAND --help") {
  const Outcome outcome = RunProgram({"help", "job", "submit"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == RunProgram({"job", "submit", "--help"}).out);
  CHECK(RunProgram({"help"}).out == RunProgram({"--help"}).out);
  CHECK(RunProgram({"help", "get", "clusters"}).out == RunProgram({"get", "cluster", "--help"}).out);
}

TEST_CASE("options lists kubectl's flags and every exit code") {
  const Outcome outcome = RunProgram({"options"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("-n, --namespace string") != std::string::npos);
  for (const char* code : {"    0  ", "   10  ", "   15  ", "  130  "})
    CHECK(outcome.out.find(code) != std::string::npos);
}

TEST_CASE("what is wrong with a command line is said with the near word and where to look") {
  struct Row {
    std::vector<std::string> arguments;
    const char* error;
  };
  const Row rows[] = {
      {{"jbo"}, "error: unknown command \"jbo\"\nDid you mean \"job\"? See `kubectl ray --help`.\n"},
      {{"job", "sumbit"},
       "error: unknown command \"sumbit\"\nDid you mean \"submit\"? See `kubectl ray job --help`.\n"},
      {{"help", "get", "clutser"},
       "error: unknown command \"clutser\"\nDid you mean \"cluster\"? See `kubectl ray get --help`.\n"},
      {{"help", "zzz"}, "error: unknown command \"zzz\"\nSee `kubectl ray --help`.\n"},
      {{"version", "--cluent"},
       "error: unknown flag \"--cluent\"\nDid you mean \"--client\"? See `kubectl ray version --help`.\n"},
      {{"version", "--namespcae=x"},
       "error: unknown flag \"--namespcae\"\nDid you mean \"--namespace\"? See `kubectl ray version "
       "--help`.\n"},
      {{"version", "now"},
       "error: \"kubectl ray version\" takes no argument \"now\"\nSee `kubectl ray version --help`.\n"},
      {{"suspend"}, "error: TARGET is required\nSee `kubectl ray suspend --help`.\n"},
      {{"create", "cluster", "x", "--worker-replicas", "many"},
       "error: --worker-replicas must be a whole number, not \"many\"\nSee `kubectl ray create cluster "
       "--help`.\n"},
      {{"create", "cluster", "x", "--worker-replicas", "2147483648"},
       "error: --worker-replicas must be a number within its range, not \"2147483648\"\nSee `kubectl ray "
       "create "
       "cluster --help`.\n"},
      {{"job", "submit", "--name", "x", "--ttl-seconds-after-finished", "-1", "--", "true"},
       "error: --ttl-seconds-after-finished must be 0 or more, not -1\nSee `kubectl ray job submit "
       "--help`.\n"},
      {{"logs", "x", "--node-type=heads"},
       "error: --node-type must be all, head or worker, not \"heads\"\nSee `kubectl ray logs --help`.\n"},
      {{"get", "cluster", "-A=maybe"},
       "error: -A must be true or false, not \"maybe\"\nSee `kubectl ray get cluster --help`.\n"},
      {{"get", "cluster", "x", "logs"},
       "error: \"kubectl ray get cluster\" takes no argument \"logs\"\nSee `kubectl ray get cluster "
       "--help`.\n"},
      // kubectl's words for the kinds; the first word that is wrong counts, and not a flag of what was meant.
      {{"get", "rayjobs"},
       "error: unknown command \"rayjobs\"\nDid you mean \"job\"? See `kubectl ray get --help`.\n"},
      {{"get", "rayservice", "-A"},
       "error: unknown command \"rayservice\"\nDid you mean \"service\"? See `kubectl ray get --help`.\n"},
      {{"create", "rayclusters", "x", "--wait"},
       "error: unknown command \"rayclusters\"\nDid you mean \"cluster\"? See `kubectl ray create "
       "--help`.\n"},
      {{"create", "ray", "x"}, "error: unknown command \"ray\"\nSee `kubectl ray create --help`.\n"},
      {{"job", "submit", "--cluster", "demo", "python", "x.py"},
       "error: \"kubectl ray job submit\" takes no argument \"python\"\nA program stands after `--`. See "
       "`kubectl ray job submit --help`.\n"},
      {{"create", "job", "x", "python", "x.py"},
       "error: \"kubectl ray create job\" takes no argument \"python\"\nA program stands after `--`. See "
       "`kubectl ray create job --help`.\n"},
      {{"get", "cluster", "-n"}, "error: -n needs a value\nSee `kubectl ray get cluster --help`.\n"},
  };
  for (const Row& row : rows) {
    const Outcome outcome = RunProgram(row.arguments);
    CHECK(outcome.code == kubectl_ray::kExitUsage);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == row.error);
  }
}

TEST_CASE("an empty value stays empty, and no flag becomes one") {
  // As `--image=$UNSET --dry-run`, which once made a cluster whose image was "--dry-run".
  const Tree tree;
  tree.Write("config", R"({"current-context": "x", "contexts": [{"name": "x", "context": {"cluster": "x"}}],
                           "clusters": [{"name": "x", "cluster": {"server": "http://127.0.0.1:9"}}]})");
  const Outcome outcome =
      RunProgram({"create", "cluster", "x", "--without-operator", "--no-agent", "--image=", "--dry-run"},
                 {{"KUBECONFIG", tree.path() + "/config"}});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("image: rayproject/ray:") != std::string::npos);
}
