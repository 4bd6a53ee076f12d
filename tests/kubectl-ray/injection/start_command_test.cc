#include "kubectl-ray/injection/start_command.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

ContainerCommand Command(const char* json) { return CommandOf(Json::parse(json)); }

std::string Text(const ContainerCommand& command) {
  return (command.command.is_null() ? "" : command.command.dump()) +
         (command.args.is_null() ? "" : " args " + command.args.dump());
}

std::string Health(const AgentStart& start) {
  if (!start.health) return "none";
  std::string text;
  for (const std::string& flag : *start.health) text += (text.empty() ? "" : " ") + flag;
  return text;
}

const std::string kAgent = "/ray-init-agent/ray-init-agent";

std::string WithAgent(std::string text) {
  for (std::size_t at = text.find("AGENT"); at != text.npos; at = text.find("AGENT"))
    text.replace(at, 5, kAgent);
  return text;
}

}  // namespace

TEST_CASE("a start of Ray becomes the agent's, and all else stays", "[injection]") {
  struct {
    const char *container, *started, *health;
  } const rows[] = {
      // Words without a shell.
      {R"({"command": ["ray", "start", "--head", "--block"]})", R"(["AGENT","start","--node-type","head"])",
       "--node-type head"},
      {R"({"command": ["ray"], "args": ["start", "--address", "h:6379", "--num-cpus=2"]})",
       R"(["AGENT","start"] args ["--node-type","worker","--param","address=h:6379","--param","num-cpus=2"])",
       "--node-type worker --param address=h:6379"},
      {R"({"command": ["/opt/ray/bin/ray", "start", "--head"]})",
       R"(["AGENT","start","--ray","/opt/ray/bin/ray","--node-type","head"])", "--node-type head"},
      {R"({"args": ["ray", "start", "--head"]})", R"(["AGENT"] args ["start","--node-type","head"])",
       "--node-type head"},
      {R"({"command": ["tini", "-g", "--"], "args": ["ray", "start", "--head", "--dashboard-port", "8266"]})",
       R"(["tini","-g","--"] args ["AGENT","start","--node-type","head","--param","dashboard-port=8266"])",
       "--node-type head --param dashboard-port=8266"},
      {R"({"command": ["ray", "start", "--address=$(HEAD):6379"]})",
       R"(["AGENT","start","--node-type","worker","--param","address='$(HEAD):6379'"])",
       "--node-type worker --param address=${HEAD}:6379"},
      // Scripts.
      {R"({"command": ["/bin/bash", "-c", "ray start --head --block"]})",
       R"(["/bin/bash","-c","exec AGENT start --node-type head"])", "--node-type head"},
      {R"({"command": ["/bin/bash", "-lc", "--"], "args": ["ulimit -n 65536; ray start --head --port=6380 --block"]})",
       R"(["/bin/bash","-lc","--"] args ["ulimit -n 65536; exec AGENT start --node-type head --param port=6380"])",
       "--node-type head --param port=6380"},
      {R"({"command": ["sh", "-c", "ray start --head && sleep infinity"]})",
       R"(["sh","-c","exec AGENT start --node-type head && sleep infinity"])", "--node-type head"},
      {R"({"command": ["sh", "-c", "ray start --block --address=$(hostname):6379; echo over"]})",
       R"(["sh","-c","AGENT start --node-type worker --param address=$(hostname):6379; echo over"])", "none"},
      {R"({"command": ["sh", "-c", "RAY_x=1 ray start --head --num-cpus=$CPUS\n# then\n"]})",
       R"(["sh","-c","RAY_x=1 exec AGENT start --node-type head --param num-cpus=$CPUS\n# then\n"])",
       "--node-type head"},
      {R"({"command": ["sh", "-c", "exec ray start --head --resources='{\"a\": 1}'"]})",
       R"(["sh","-c","exec AGENT start --node-type head --param 'resources={\"a\": 1}'"])",
       "--node-type head"},
      {R"({"command": ["sh", "-c", "nohup ray start --head --block"]})",
       R"(["sh","-c","nohup AGENT start --node-type head"])", "--node-type head"},
      {R"({"command": ["sh", "-c", "if $HEAD; then ray start --head; else ray start --address=h:1; fi"]})",
       R"(["sh","-c","if $HEAD; then exec AGENT start --node-type head; else exec AGENT start --node-type worker --param address=h:1; fi"])",
       "none"},
      {R"({"command": ["sh", "-c", "ray start --head \\\n  --block"]})",
       R"(["sh","-c","exec AGENT start --node-type head"])", "--node-type head"},
      // KubeRay's own command line.
      {R"({"command": ["/bin/bash", "-c", "--"], "args": ["echo head; $KUBERAY_GEN_RAY_START_CMD"]})",
       R"(["/bin/bash","-c","--"] args ["echo head; exec AGENT start"])", ""},
      {R"({"command": ["sh", "-c", "eval \"${KUBERAY_GEN_RAY_START_CMD}\""]})",
       R"(["sh","-c","exec AGENT start"])", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.container);
    const ContainerCommand command = Command(row.container);
    REQUIRE(RunsGeneratedStart(command));
    const auto start = WithAgentStart(command);
    REQUIRE(start);
    CHECK(RunsAgent(start->command));
    CHECK_FALSE(StartsRay(start->command));
    CHECK(Text(start->command) == WithAgent(row.started));
    CHECK(Health(*start) == row.health);
  }
}

TEST_CASE("what the agent cannot stand in for is refused with the reason", "[injection]") {
  struct {
    const char *container, *message;
  } const rows[] = {
      {R"({"command": ["sh", "-c", "ray start --head && python serve.py"]})",
       "\"&& python serve.py\" runs beside it"},
      {R"({"command": ["sh", "-c", "ray start --head --block | tee log"]})", "goes through a pipe"},
      {R"({"command": ["sh", "-c", "ray start --head --block & wait"]})", "in the background"},
      {R"({"command": ["sh", "-c", "ray start --head; ray start --address=h:1"]})",
       "it starts Ray more than once"},
      {R"({"command": ["ray", "start", "--head", "--no-such-option=1"]})", "no-such-option"},
      {R"({"command": ["ray", "start", "--head", "--port=1", "--port=2"]})", "--port twice"},
      {R"({"command": ["ray", "start", "now"]})", "\"now\" is no option"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.container);
    const auto start = WithAgentStart(Command(row.container));
    REQUIRE_FALSE(start);
    CAPTURE(start.error().message);
    CHECK(start.error().message.find(row.message) != std::string::npos);
    CHECK_FALSE(start.error().hint.empty());
  }
}

TEST_CASE("only a start of Ray is one", "[injection]") {
  struct {
    const char* container;
    bool starts;
  } const rows[] = {
      {R"({})", false},
      {R"({"command": ["ray", "job", "submit"]})", false},
      {R"({"command": ["sh", "-c", "ray job submit -- ray start"]})",
       true},  // as words, it cannot be told apart
      {R"({"command": ["sh", "-c", "echo 'ray start'"]})", false},
      {R"({"command": ["sh", "-c", "echo \"ray start\""]})", false},
      {R"({"command": ["sh", "-c", "# ray start\nsleep 1"]})", false},
      {R"({"command": ["sh", "-c", "xray start"]})", false},
      {R"({"command": ["echo", "ray start"]})", false},
      {R"({"command": ["sh", "-c", "cd /x && ray  start --head"]})", true},
      {R"({"command": ["sh", "-c", "echo $KUBERAY_GEN_RAY_START_CMD"]})", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.container);
    CHECK(StartsRay(Command(row.container)) == row.starts);
  }
}

TEST_CASE("a user's own command runs before the agent as KubeRay runs it before Ray", "[injection]") {
  CHECK(Text(AgentAfter(Command("{}")).command) == WithAgent(R"(["AGENT","start"])"));
  CHECK(Text(AgentAfter(Command(R"({"command": ["echo 123"], "args": ["456"]})")).command) ==
        WithAgent(R"(["/bin/bash","-c","--"] args ["echo 123  456 && exec AGENT start"])"));
  CHECK(Text(AgentAfter(Command(R"({"command": ["python", "prepare.py"]})")).command) ==
        WithAgent(R"(["/bin/bash","-c","--","python  prepare.py && exec AGENT start"])"));
}
