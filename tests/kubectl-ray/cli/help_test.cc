#include "kubectl-ray/cli/help.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::CommandContext;
using kubectl_ray::CommandTable;
using kubectl_ray::HelpFormatter;
using kubectl_ray::TakesProgram;

namespace {

const auto kBody = [](CommandContext&) { return kubectl_ray::kExitOk; };

// A program with a command of each kind.
struct Program {
  Program() {
    root.formatter(std::make_shared<HelpFormatter>(table));
    root.add_option("--context", text, "The context to use")->group("As in kubectl");
    CLI::App* submit = root.add_subcommand("submit", "Submit a job");
    submit->group("Jobs");
    submit->add_option("ID", text, "the job's name")->required();
    submit->add_option("-o,--output", text, "wide, json");
    submit->add_option("--cpus", number, "number of CPUs")->default_val(2);
    submit->add_option("--version", text, "v1 or v2")->check(CLI::IsMember({"v1", "v2"}));
    submit->add_option("--cluster", text, "Ray cluster")->required();
    submit->add_option("--env", list,
                       "NAME=VALUE, and a text that is so long that it does not fit into one line of 100");
    submit->add_option("--a-flag-with-a-long-name", text, "Its own line");
    submit->add_flag("--wait", flag, "wait for the end");
    submit->add_flag("--dry-run{client}", text, "only show it");
    submit->add_option("--hidden", text, "Not shown")->group("");
    submit->add_option("--image", text, "The image")->group("Pods");
    submit->footer("Examples:\n  # One\n  kubectl ray submit x");
    table.Add(submit, kBody, TakesProgram::kYes);
    CLI::App* get = root.add_subcommand("get", "Show things");
    get->alias("show")->group("Other");
    table.Add(get->add_subcommand("cluster", "Show clusters"), kBody);
  }

  std::string text;
  int number = 0;
  bool flag = false;
  std::vector<std::string> list;
  CommandTable table;
  CLI::App root{"Run Ray.", "kubectl ray"};
};

}  // namespace

TEST_CASE("the program's help is its commands by task, without the flags of all") {
  CHECK(Program().root.help() == R"(Run Ray.

Usage:
  kubectl ray COMMAND [flags]

Jobs:
  submit                      Submit a job

Other:
  get, show                   Show things

`kubectl ray COMMAND --help` tells more of a command.
`kubectl ray options` lists the flags that every command takes.
)");
}

TEST_CASE("a command's help: usage, arguments, flags by group, examples") {
  CHECK(Program().root.get_subcommand("submit")->help() == R"(Submit a job

Usage:
  kubectl ray submit ID [flags] -- PROGRAM [ARGUMENT...]

Arguments:
  ID                          The job's name

Flags:
  -o, --output string         wide, json
      --cpus int              Number of CPUs (default 2)
      --version v1|v2         v1 or v2
      --cluster string        Ray cluster (required)
      --env strings           NAME=VALUE, and a text that is so long that it does not fit into one
                              line of 100
      --a-flag-with-a-long-name string
                              Its own line
      --wait                  Wait for the end
      --dry-run[=string]      Only show it

Pods:
      --image string          The image

Examples:
  # One
  kubectl ray submit x

`kubectl ray options` lists the flags that every command takes.
)");
}

TEST_CASE("a group of commands lists them") {
  CHECK(Program().root.get_subcommand("get")->help() == R"(Show things

Usage:
  kubectl ray get COMMAND [flags]

Commands:
  cluster                     Show clusters

`kubectl ray get COMMAND --help` tells more of a command.
`kubectl ray options` lists the flags that every command takes.
)");
}

TEST_CASE("the flags of all commands are shown once") {
  CHECK(kubectl_ray::GlobalFlagsHelp(Program().root) ==
        "\nAs in kubectl:\n"
        "      --context string        The context to use\n");
}
