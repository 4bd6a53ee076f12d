#include "ray-init-agent/options.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;

namespace {

std::optional<std::string> NoVariables(const std::string&) { return std::nullopt; }

std::optional<std::string> SomeVariables(const std::string& name) {
  if (name == "RAY_INIT_AGENT_GCS_TIMEOUT") return "5s";
  if (name == "RAY_INIT_AGENT_PARAM") return "a=1\nb=2";
  if (name == "RAY_INIT_AGENT_ADDRESS") return "";
  if (name == "RAY_INIT_AGENT_DRY_RUN") return "1";
  return std::nullopt;
}

std::optional<std::string> BadVariable(const std::string& name) {
  if (name == "RAY_INIT_AGENT_WAIT") return "maybe";
  return std::nullopt;
}

std::string Refusal(const std::vector<std::string>& arguments,
                    const shared::Variables& variables = NoVariables) {
  auto options = ParseOptions(arguments, variables);
  return options ? "none" : options.error().message + " | " + options.error().hint;
}

}  // namespace

TEST_CASE("a flag wins over its variable, and the variable over the default") {
  auto options = ParseOptions({"start", "--gcs-timeout=2s", "--param", "c=3", "--param=d=4"}, SomeVariables);
  REQUIRE(options);
  CHECK(options->command == kStart);
  CHECK(options->Duration("gcs-timeout") == std::chrono::seconds(2));
  CHECK(options->List("param") == std::vector<std::string>{"c=3", "d=4"});
  CHECK(options->Bool("dry-run"));
  options = ParseOptions({"start", "--dry-run=false"}, SomeVariables);
  REQUIRE(options);
  CHECK(options->Duration("gcs-timeout") == std::chrono::seconds(5));
  CHECK(options->List("param") == std::vector<std::string>{"a=1", "b=2"});
  CHECK_FALSE(options->Bool("dry-run"));
  CHECK_FALSE(options->Given("address"));
  CHECK(options->Integer("open-files") == 65536);
}

TEST_CASE("after -- everything is an argument") {
  auto options = ParseOptions({"run", "--", "sh", "--help", "--", "[1,2]", ""}, NoVariables);
  REQUIRE(options);
  CHECK(options->arguments == std::vector<std::string>{"sh", "--help", "--", "[1,2]", ""});
}

TEST_CASE("what cannot be meant is refused by name, with the fix") {
  CHECK(Refusal({}) == "no subcommand is given | `ray-init-agent help` lists them.");
  CHECK(Refusal({"strat"}) == "unknown subcommand \"strat\" | Did you mean \"start\"?");
  CHECK(Refusal({"start", "--adress=x"}) == "unknown flag \"--adress\" | Did you mean \"--address\"?");
  CHECK(Refusal({"wait-gcs", "--dry-run"}) == "unknown flag \"--dry-run\" | ");
  CHECK(Refusal({"start", "--gcs-timeout"}) == "--gcs-timeout needs a value | Write --gcs-timeout=DURATION.");
  CHECK(Refusal({"start", "--gcs-timeout=soon"}) ==
        "--gcs-timeout \"soon\" is not a duration | Write it as 30s, 5m or 1h30m.");
  CHECK(Refusal({"start", "--open-files=-1"}) ==
        "--open-files \"-1\" is not a whole number | Write a number from 0 up.");
  CHECK(Refusal({"start", "--node-type=both"}) ==
        "--node-type \"both\" is not one of head|worker | Write one of them.");
  CHECK(Refusal({"start"}, BadVariable) ==
        "RAY_INIT_AGENT_WAIT \"maybe\" is not true or false | Write true or false.");
  CHECK(Refusal({"start", "extra"}) ==
        "unexpected argument \"extra\" | Flags begin with --; `ray-init-agent help` lists them.");
  CHECK(Refusal({"install"}) == "install takes one directory | Write: ray-init-agent install DIR");
  CHECK(Refusal({"run", "--"}) == "run has no command | Write: ray-init-agent run -- COMMAND");
}

TEST_CASE("every flag has a variable and a help text") {
  for (const Flag& flag : Flags()) {
    INFO(flag.name);
    CHECK(std::string_view(flag.variable).size() > 0);
    CHECK(std::string_view(flag.help).ends_with("."));
    CHECK(flag.commands != 0);
  }
}
