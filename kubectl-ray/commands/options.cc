#include <iomanip>

#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {
namespace {

constexpr std::pair<const char*, const char*> kVariables[] = {
    {"KUBECONFIG", "the kubeconfig files, as for kubectl"},
    {"KUBECTL_RAY_IMAGE", "the Ray image where --image is not given"},
    {"RAY_AUTH_TOKEN", "Ray's token, where the cluster wants one; or RAY_AUTH_TOKEN_PATH, its file"},
    {"RAY_JOB_HEADERS", "what --headers is if it is not given, for a dashboard at --address"},
    {"HTTPS_PROXY", "the proxy to the API server or a dashboard at --address; HTTP_PROXY, NO_PROXY too"},
    {"RAY_RUNTIME_ENV_IGNORE_GITIGNORE", "1: a working_dir takes what .gitignore names, too"},
    {"NO_COLOR", "no colours, on terminals too"},
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

void Options(Leaf& leaf) {
  leaf.Example("The flags, variables and exit codes of every command", "kubectl ray options");
  leaf.Run([&root = *leaf.app().get_parent()](CommandContext& context) {
    Print(root, context.io.out);
    return kExitOk;
  });
}

}  // namespace kubectl_ray
