#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/watch_clusters.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/kinds/ray_cluster.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

shared::Result<int> Run(const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{.columns = RayClusterKind().columns(Now),
                             .fields = RayClusterKind().fields,
                             .single = !flags.name.empty() && !flags.all_namespaces,
                             .watch = flags.watch};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No Ray clusters found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  const ClusterListOptions which{
      .label_selector = flags.selector, .name = flags.name, .fields = printer.fields()};
  if (flags.watch)
    return WatchEnded(WatchClusters(*kube, ns, which, [&](const Json& ray_cluster, bool) {
      printer.Add(ray_cluster);
      printer.Flush();
      return context.io.out.good();
    }));
  if (!flags.name.empty() && !ns.empty()) {
    ASSIGN_OR_RETURN(Cluster cluster, FindCluster(*kube, ns, flags.name));
    printer.Add(std::move(cluster.ray_cluster));
    printer.Finish();
    return kExitOk;
  }
  bool any = false;
  TRY(EachCluster(*kube, ns, which, [&](Cluster cluster) {
    any = true;
    printer.Add(std::move(cluster.ray_cluster));
    return context.io.out.good();
  }));
  if (!any && !flags.name.empty())
    return Fail(ErrorCode::kNotFound, "Ray cluster \"" + flags.name + "\" not found " + InNamespace(ns));
  printer.Finish();
  return kExitOk;
}

}  // namespace

void GetCluster(Leaf& leaf) {
  auto& flags = leaf.Flags<GetFlags>();
  AddClusterArgument(leaf, &flags.name, "Only this one");
  AddGetFlags(leaf, &flags, "requested clusters");
  AddWatchFlag(leaf, &flags);
  leaf.Example("The clusters of the namespace; those of all namespaces with a label",
               "kubectl ray get cluster", "kubectl ray get cluster -A -l team=search");
  leaf.Example("One of them, whole; only what a script wants of it", "kubectl ray get cluster demo -o yaml",
               "kubectl ray get cluster demo -o jsonpath='{.status.state}'");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
