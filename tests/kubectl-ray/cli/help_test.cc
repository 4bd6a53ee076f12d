#include "kubectl-ray/cli/help.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

const auto kBody = [](CommandContext&) { return kExitOk; };

struct SubmitFlags {
  std::string text;
  int number = 2;
  bool flag = false;
  std::vector<std::string> list;
};

// A leaf with a flag of each kind.
void Submit(Leaf& leaf) {
  auto& flags = leaf.Flags<SubmitFlags>();
  leaf.Argument("ID", &flags.text, "The job's name", kNoNames)->required();
  leaf.Flag("-o,--output", &flags.text, "wide, json");
  leaf.Flag("--cpus", &flags.number, "Number of CPUs")->capture_default_str();
  leaf.Flag("--version", &flags.text, "v1 or v2")->check(CLI::IsMember({"v1", "v2"}));
  leaf.Flag("--cluster", &flags.text, "Ray cluster")->required();
  leaf.Flag("--env", &flags.list,
            "NAME=VALUE, and a text that is so long that it does not fit into one line of 100");
  leaf.Flag("--a-flag-with-a-long-name", &flags.text, "Its own line");
  leaf.Flag("--wait", &flags.flag, "Wait for the end");
  leaf.app().add_flag("--dry-run{client}", flags.text, "Only show it");
  leaf.Flag("--hidden", &flags.text, "Not shown")->group("");
  leaf.FlagGroup("Pods");
  leaf.Flag("--image", &flags.text, "The image");
  leaf.TakesProgram();
  leaf.ExitCodes({kExitJobFailed, kExitOk});
  leaf.Note(
      "A note that is so long that it takes more than one line of a hundred columns, which is a screen's "
      "width.");
  leaf.Example("One", "kubectl ray submit x");
  leaf.Example("Two", "kubectl ray submit y", "kubectl ray submit z");
  leaf.Run(kBody);
}

void Cluster(Leaf& leaf) { leaf.Run(kBody); }

// A program with a command of each kind.
const Command kCommands[] = {
    {"submit", Group::kJobs, "Submit a job", Submit},
    {"get", Group::kOther, "Show things", nullptr, "show"},
    {"get cluster", Group::kOther, "Show clusters", Cluster},
    {"hidden", Group::kHidden, "Not shown", Cluster},
};

std::string HelpOf(const std::vector<std::string>& words) {
  CommandTree tree(kCommands);
  const CLI::App* command = &tree.root();
  for (const std::string& word : words) command = command->get_subcommand(word);
  return command->help();
}

}  // namespace

TEST_CASE("the program's help is its commands by task, without the flags of all") {
  CHECK(HelpOf({}) ==
        R"(Run Ray on Kubernetes: clusters, jobs, logs and ports, with or without the KubeRay operator.

Usage:
  kubectl ray COMMAND [flags]

Ray jobs:
  submit                      Submit a job

Other commands:
  get, show                   Show things

`kubectl ray COMMAND --help` shows more about a command.
`kubectl ray options` lists the flags that every command takes.
)");
}

TEST_CASE("a command's help: usage, arguments, flags by group, examples") {
  CHECK(HelpOf({"submit"}) == R"(Submit a job

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

Exit codes:
  0                           done; of a job: it succeeded
  10                          the job failed

A note that is so long that it takes more than one line of a hundred columns, which is a screen's
width.

Examples:
  # One
  kubectl ray submit x

  # Two
  kubectl ray submit y
  kubectl ray submit z

`kubectl ray options` lists the flags that every command takes.
)");
}

TEST_CASE("a group of commands lists them") {
  CHECK(HelpOf({"get"}) == R"(Show things

Usage:
  kubectl ray get COMMAND [flags]

Commands:
  cluster                     Show clusters

`kubectl ray get COMMAND --help` shows more about a command.
`kubectl ray options` lists the flags that every command takes.
)");
}

TEST_CASE("the flags of all commands are shown once") {
  const std::string shown = GlobalFlagsHelp(CommandTree(kCommands).root());
  CHECK(
      shown.starts_with("\nKubernetes options (as in kubectl):\n"
                        "      --kubeconfig string     Path of the kubeconfig file\n"));
  CHECK(shown.find("\n  -n, --namespace string      The namespace of this request\n") != std::string::npos);
}
