#include <iomanip>

#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {
namespace {

constexpr std::pair<const char*, const char*> kVariables[] = {
    {"KUBECONFIG", "the kubeconfig files, as for kubectl"},
    {"KUBECTL_RAY_IMAGE", "the Ray image where --image is not given"},
    {"RAY_AUTH_TOKEN", "Ray's token, where the cluster wants one; or RAY_AUTH_TOKEN_PATH, its file"},
    {"RAY_RUNTIME_ENV_IGNORE_GITIGNORE", "1: a working_dir takes what .gitignore names, too"},
    {"NO_COLOR", "no colours, on terminals too"},
};

constexpr std::pair<ExitCode, const char*> kExitCodes[] = {
    {kExitOk, "done; of a job: it succeeded"},
    {kExitFailure, "not done: the error says why"},
    {kExitUsage, "the command line is wrong"},
    {kExitJobFailed, "the job failed"},
    {kExitJobStopped, "the job was stopped"},
    {kExitSubmissionRefused, "the dashboard did not take the job"},
    {kExitClusterNotReady, "the cluster was not ready within --cluster-timeout"},
    {kExitTimedOut, "--timeout or --deadline is over"},
    {kExitDetached, "Ctrl-C, or the connection is lost for good; the job goes on"},
    {kExitInterrupted, "Ctrl-C: it ends by the signal, which shells show as 130 (SIGTERM: 143)"},
};

void Print(const CLI::App& root, std::ostream& out) {
  out << "These can be given to any command:\n" << GlobalFlagsHelp(root) << "\nEnvironment variables:\n";
  for (const auto& [name, meaning] : kVariables)
    out << "  " << std::left << std::setw(34) << name << meaning << '\n';
  out << "\nExit codes, beside those of a program run by `exec` or `run`:\n";
  for (const auto& [code, meaning] : kExitCodes)
    out << std::right << std::setw(5) << code << "  " << meaning << '\n';
}

}  // namespace

void AddOptions(CLI::App& parent, CommandTable& table) {
  CLI::App* app =
      parent.add_subcommand("options", "List the flags that every command takes, variables and exit codes");
  app->group("Other commands");
  table.Add(app, [app](CommandContext& context) {
    Print(*app->get_parent(), context.io.out);
    return kExitOk;
  });
}

}  // namespace kubectl_ray
