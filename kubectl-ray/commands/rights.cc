#include "kubectl-ray/commands/rights.h"

#include <sstream>

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/command_rights.h"
#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {
namespace {

shared::Result<int> Run(const RightsFlags& flags, CommandContext& context) {
  TRY(CheckOutput(flags.output, "none"));
  ASSIGN_OR_RETURN(const std::vector<std::string> commands, CommandsNamed(flags.commands));
  const ClusterKinds kinds = flags.clusters == "rayclusters"   ? ClusterKinds::kOperator
                             : flags.clusters == "deployments" ? ClusterKinds::kPlain
                                                               : ClusterKinds::kBoth;
  std::string ns;
  if (!flags.all_namespaces) {
    ASSIGN_OR_RETURN(ns, context.Namespace());
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
