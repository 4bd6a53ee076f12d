#include "kubectl-ray/commands/rights.h"

#include <set>
#include <sstream>

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/rights/command_rights.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

// The leaves at or below a path of the table.
std::vector<std::string> LeavesOf(std::string_view path) {
  std::vector<std::string> leaves;
  for (const Command& command : Commands()) {
    const bool is = command.path == path;
    const bool below = command.path.starts_with(std::string(path) + " ") && command.group != Group::kHidden;
    if (command.declare && (is || below)) leaves.push_back(command.path);
    if (command.declare && is) return leaves;  // `session` is one itself
  }
  return leaves;
}

shared::Unexpected<shared::Error> NoRoleFor(const std::string& command) {
  return shared::Fail(shared::ErrorCode::kUsage,
                      "cannot print a Role for \"" + command +
                          "\": it takes an administrator of the Kubernetes cluster, because it grants rights",
                      "`kubectl ray operator install --help` says what can be handed to one.");
}

// The Role's namespace is all that a kubeconfig is wanted for. Without one it is kubectl's, with a note.
shared::Result<std::string> NamespaceOfRole(CommandContext& context) {
  const shared::Result<std::string> ns = context.Namespace();
  const KubeconfigFlags& given = context.global.kubeconfig;
  if (ns || !given.kubeconfig.empty() || !given.context.empty()) return ns;
  context.io.err << "note: the Role is one of namespace \"default\", and --namespace chooses another: "
                 << shared::EscapeControl(ns.error().message) << std::endl;
  return std::string("default");
}

shared::Result<int> Run(const RightsFlags& flags, CommandContext& context) {
  TRY(CheckOutput(flags.output, "none"));
  ASSIGN_OR_RETURN(const std::vector<std::string> commands, CommandsNamed(flags.commands));
  const ClusterKinds kinds = flags.clusters == "rayclusters"   ? ClusterKinds::kOperator
                             : flags.clusters == "deployments" ? ClusterKinds::kPlain
                                                               : ClusterKinds::kBoth;
  std::string ns;
  if (!flags.all_namespaces) {
    ASSIGN_OR_RETURN(ns, NamespaceOfRole(context));
  }
  PrintObjects(context.io, flags.output, {RoleFor(commands, kinds, flags.name, ns)});
  return kExitOk;
}

// The words of which the commands' paths are made.
std::set<std::string> CommandWords(const Environment&) {
  std::set<std::string> words;
  for (const Command& command : Commands()) {
    std::istringstream path(command.path);
    for (std::string word; path >> word;) words.insert(word);
  }
  return words;
}

}  // namespace

shared::Result<std::vector<std::string>> CommandsNamed(const std::vector<std::string>& words) {
  std::vector<std::string> tokens, paths, first_words;
  for (const std::string& word : words) {
    std::istringstream parts(word);
    for (std::string part; parts >> part;) tokens.push_back(part);
  }
  std::set<std::string> named;
  for (std::size_t i = 0; i < tokens.size();) {
    std::string path = tokens[i++];
    if (const auto known = LeavesOf(path); known.empty()) {
      for (const Command& command : Commands()) first_words.push_back(command.path);
      return shared::Fail(shared::ErrorCode::kUsage,
                          "there is no command \"" + shared::EscapeControl(path.substr(0, 80)) + "\"",
                          shared::DidYouMean(path, first_words));
    }
    while (i < tokens.size() && !LeavesOf(path + " " + tokens[i]).empty()) path += " " + tokens[i++];
    for (std::string& leaf : LeavesOf(path)) {
      if (NeededRights(leaf) == nullptr) return NoRoleFor(leaf);
      named.insert(std::move(leaf));
    }
  }
  for (const Command& command : Commands()) {
    const bool wanted = words.empty() ? command.group != Group::kHidden : named.contains(command.path);
    if (wanted && NeededRights(command.path) != nullptr) paths.push_back(command.path);
  }
  return paths;
}

void Rights(Leaf& leaf) {
  auto& flags = leaf.Flags<RightsFlags>();
  leaf.CompleteWith(
      leaf.Argument("COMMAND", &flags.commands,
                    "Commands as they are typed, such as job submit; all if none is given", kNoNames),
      CommandWords);
  leaf.Flag("--clusters", &flags.clusters,
            "The clusters that they are for: rayclusters (of the KubeRay operator), deployments (without "
            "it), both")
      ->transform(OneOf({"both", "rayclusters", "deployments"}))
      ->capture_default_str();
  leaf.Flag("-A,--all-namespaces", &flags.all_namespaces, "Print a ClusterRole, for all namespaces");
  leaf.Flag("--name", &flags.name, "Name of the Role")->capture_default_str();
  leaf.Flag("-o,--output", &flags.output, "Print it as yaml, json or name; yaml if it is not given");
  leaf.Note(
      "Some of it a command does without, with a note: the clusters of one kind, events, the namespace's "
      "labels.");
  leaf.Example("For somebody who submits jobs to clusters that are there", "kubectl ray rights job logs",
               "kubectl ray rights job submit logs -n team --name ray-jobs | kubectl apply -f -",
               "kubectl create rolebinding ray-jobs -n team --role ray-jobs --user jane");
  leaf.Example("For everything, without the KubeRay operator", "kubectl ray rights --clusters deployments");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
