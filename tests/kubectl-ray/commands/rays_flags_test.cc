// Every flag of Ray's own launcher verbs is known here.
#include "kubectl-ray/commands/rays_flags.h"

#include <catch2/catch_test_macros.hpp>

#include <sstream>

#include "kubectl-ray/commands/submit.h"
#include "tests/support/program.h"

using namespace kubectl_ray;

namespace {

using Words = std::vector<std::string>;

struct Verb {
  const char* name;
  Words arguments;
  Words flags;  // with a value, if they take one
};

const Words kLogFlags = {"--log-style=auto",  "--log-style=record", "--log-style=Pretty", "--log-color=auto",
                         "--log-color=false", "--log-color=True",   "--verbose"};

Words With(Words flags, const Words& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

// Ray 2.60.0: the decorators of each verb in python/ray/scripts/scripts.py, and CLICK_LOGGING_OPTIONS in
// python/ray/autoscaler/_private/cli_logger.py. Left out: -v, which is kubectl's here and takes a level.
const std::vector<Verb> kRaysVerbs = {
    {"up",
     {"c.yaml"},
     With({"--min-workers=1", "--max-workers=2", "--no-restart", "--restart-only", "--yes", "-y",
           "--cluster-name=x", "-n=x", "--no-config-cache", "--redirect-command-output", "--use-login-shells",
           "--use-normal-shells", "--disable-usage-stats"},
          kLogFlags)},
    {"down",
     {"c.yaml"},
     With({"--yes", "-y", "--workers-only", "--cluster-name=x", "-n=x", "--keep-min-workers"}, kLogFlags)},
    {"monitor", {"c.yaml"}, With({"--lines=5", "--cluster-name=x", "-n=x"}, kLogFlags)},
    {"attach",
     {"c.yaml"},
     With({"--start", "--screen", "--tmux", "--cluster-name=x", "-n=x", "--no-config-cache", "--new", "-N",
           "--port-forward=8265", "-p=8265", "--node-ip=10.0.0.1"},
          kLogFlags)},
    {"rsync-down", {"c.yaml", "a", "b"}, With({"--cluster-name=x", "-n=x"}, kLogFlags)},
    {"rsync-up", {"c.yaml", "a", "b"}, With({"--cluster-name=x", "-n=x", "--all-nodes", "-A"}, kLogFlags)},
    {"submit",
     {"c.yaml", "x.py"},
     With({"--stop", "--start", "--screen", "--tmux", "--cluster-name=x", "-n=x", "--no-config-cache",
           "--port-forward=8265", "-p=8265", "--args=--epochs 3", "--disable-usage-stats",
           "--extra-screen-args=-L"},
          kLogFlags)},
    {"exec",
     {"c.yaml", "ray status"},
     With({"--run-env=auto", "--run-env=host", "--run-env=docker", "--stop", "--start", "--screen", "--tmux",
           "--cluster-name=x", "-n=x", "--no-config-cache", "--port-forward=8265", "-p=8265",
           "--disable-usage-stats"},
          kLogFlags)},
    {"get-head-ip", {"c.yaml"}, {"--cluster-name=x", "-n=x"}},
    {"get-worker-ips", {"c.yaml"}, {"--cluster-name=x", "-n=x"}},
};

std::string Refusal(const Words& words) {
  CommandTree tree(Commands());
  const auto parsed = tree.Parse(words);
  return parsed ? "" : parsed.error().message;
}

// What `submit` with these flags prints of them on stderr, or its error.
std::string Taken(const Words& flags) {
  CommandTree tree(Commands());
  const auto parsed = tree.Parse(With({"submit", "c.yaml", "x.py"}, flags));
  REQUIRE(parsed);
  const auto* submit = tree.Find(parsed->command)->flags<SubmitScriptFlags>();
  REQUIRE(submit != nullptr);
  std::istringstream in;
  std::ostringstream out, err;
  Streams io{.in = in, .out = out, .err = err, .color = true};
  const shared::Status taken = TakeRaysFlags(submit->rays, submit->start, io);
  CHECK(out.str().empty());
  CHECK(io.color == (submit->rays.log.log_color != "false"));
  return taken ? err.str() : "error: " + taken.error().message;
}

}  // namespace

TEST_CASE("no flag of Ray's launcher is unknown, before and after the arguments") {
  for (const Verb& verb : kRaysVerbs)
    for (const std::string& flag : verb.flags) {
      INFO(verb.name << " " << flag);
      CHECK(Refusal(With(With({verb.name}, verb.arguments), {flag})).empty());
      CHECK(Refusal(With({verb.name, flag}, verb.arguments)).empty());
    }
}

TEST_CASE("a value that Ray refuses is refused") {
  for (const char* flag : {"--run-env=moon", "--log-style=plain", "--log-color=red"}) {
    INFO(flag);
    CHECK(Refusal({"exec", "c.yaml", "true", flag}).find("auto") != std::string::npos);
  }
  CHECK_FALSE(Refusal({"get-head-ip", "c.yaml", "--log-style=auto"}).empty());  // as in Ray
}

TEST_CASE("what Ray's flags do here") {
  const std::pair<Words, std::string> rows[] = {
      {{}, ""},
      {{"--run-env=auto", "--log-style=auto", "--log-color=FALSE"}, ""},
      {{"--log-color=true", "--start", "--disable-usage-stats"}, ""},
      {{"--run-env=docker"}, "--run-env has no effect: a pod is its container\n"},
      {{"--no-config-cache", "--start"}, "--no-config-cache has no effect: nothing is cached\n"},
      {{"--disable-usage-stats"},
       "--disable-usage-stats has no effect: without --start, Ray runs as it was started\n"},
      {{"--log-style=record", "--verbose"},
       "--log-style has no effect: all is printed in one style\n"
       "--verbose has no effect: -v=6 shows each request to the API server\n"},
      {{"--stop", "--verbose"}, "error: cannot use --stop: a pod has no machine to shut down"},
      {{"--screen", "--extra-screen-args=-L"},
       "error: cannot use --screen: what runs in a pod by this command ends with it"},
      {{"--tmux"}, "error: cannot use --tmux: what runs in a pod by this command ends with it"},
      {{"--extra-screen-args=-L"},
       "error: cannot use --extra-screen-args: what runs in a pod by this command ends with it"},
      {{"-p", "8265", "-p", "1"}, "error: cannot use --port-forward 1 here"},
  };
  for (const auto& [flags, said] : rows) {
    INFO(said);
    CHECK(Taken(flags) == said);
  }
}

TEST_CASE("submit takes its program's arguments in one way") {
  const Outcome both = RunProgram({"submit", "demo", "x.py", "a", "--args", "b"});
  CHECK(both.code == 2);
  CHECK(both.err.find("--args and arguments after the script contradict") != std::string::npos);
  CHECK(RunProgram({"submit", "demo", "x.py", "--args=b", "--", "a"}).err == both.err);
  CHECK(RunProgram({"submit", "demo", "no-such.py", "--args=b"}).err.find("no-such.py") != std::string::npos);
}
