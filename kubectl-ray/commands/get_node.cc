#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/pods/node_columns.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

ListOptions PodsOf(const GetFlags& flags, shared::JsonFields fields) {
  ListOptions pods{.label_selector = std::string(kIsRayNodeLabel) + "=yes", .fields = std::move(fields)};
  if (!flags.cluster.empty()) pods.label_selector += std::string(",") + kClusterLabel + "=" + flags.cluster;
  if (!flags.selector.empty()) pods.label_selector += "," + flags.selector;
  if (!flags.name.empty()) pods.field_selector = "metadata.name=" + flags.name;
  return pods;
}

// A pod as `kubectl get` shows it: items of a list come without kind and version.
Json Whole(Json pod) {
  pod["apiVersion"] = "v1";
  pod["kind"] = "Pod";
  return pod;
}

shared::Result<int> Run(const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{.columns = NodeColumns(flags.all_namespaces, Now),
                             .fields = NodeFields(),
                             .single = !flags.name.empty(),
                             .watch = flags.watch};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No Ray nodes found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  const ListOptions pods = PodsOf(flags, printer.fields());
  if (flags.watch) return WatchAndPrint(*kube, kPods, ns, pods, printer, context.io);
  bool any = false;
  TRY(kube->List(kPods, ns, pods, [&](Json pod) {
    any = true;
    printer.Add(Whole(std::move(pod)));
    return context.io.out.good();
  }));
  if (!any && !flags.name.empty())
    return Fail(
        ErrorCode::kNotFound,
        "Ray node \"" + flags.name + "\" not found " + InNamespace(ns) +
            (flags.cluster.empty() ? " in any Ray cluster" : " in Ray cluster \"" + flags.cluster + "\""));
  printer.Finish();
  return kExitOk;
}

}  // namespace

void GetNode(Leaf& leaf) {
  auto& flags = leaf.Flags<GetFlags>();
  leaf.Argument("NODE", &flags.name, "Only this pod", RayPodNames);
  AddClusterFlag(leaf, ClusterFlag::kShort, &flags.cluster, "Only nodes of this Ray cluster");
  AddGetFlags(leaf, &flags, "nodes");
  AddWatchFlag(leaf, &flags);
  leaf.Example("The Ray pods of one cluster, and where they run",
               "kubectl ray get node --ray-cluster demo -o wide");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
