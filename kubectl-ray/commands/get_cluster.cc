#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/columns.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/manifests/labels.h"

#include <mutex>
#include <thread>

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

// Tells a cluster whenever its RayCluster, or one of its Deployments, changes. Two watches, one printer.
shared::Status WatchClusters(const KubeClient& kube, const std::string& ns, const GetFlags& flags,
                             ListPrinter& printer, Streams& io) {
  std::mutex printing;
  auto print = [&](Json object) {
    const std::lock_guard lock(printing);
    printer.Add(std::move(object));
    printer.Flush();
    return io.out.good();
  };
  auto watch_plain = [&] {
    ListOptions heads{.label_selector = std::string(kManagedByLabel) + "=" + kManagedByUs};
    if (!flags.name.empty()) heads.label_selector += std::string(",") + kClusterLabel + "=" + flags.name;
    return kube.Watch(kDeployments, ns, heads, shared::Deadline::Never(), [&](const WatchEvent& event) {
      if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified)
        return io.out.good();
      const bool head = StringAt(event.object, {"metadata", "labels", kNodeTypeLabel}) == "head";
      if (event.type == WatchEventType::kAdded && !head) return true;  // its head is told
      auto cluster = FindCluster(kube, StringAt(event.object, {"metadata", "namespace"}),
                                 StringAt(event.object, {"metadata", "labels", kClusterLabel}));
      return cluster ? print(std::move(cluster->ray_cluster)) : io.out.good();
    });
  };
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  if (!served) return watch_plain();
  shared::Status plain = shared::Ok();
  std::jthread other([&] { plain = watch_plain(); });
  ListOptions clusters{.label_selector = flags.selector};
  if (!flags.name.empty()) clusters.field_selector = "metadata.name=" + flags.name;
  const shared::Status watched =
      kube.Watch(kRayClusters, ns, clusters, shared::Deadline::Never(), [&](const WatchEvent& event) {
        const bool shown = event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified;
        return shown ? print(event.object) : io.out.good();
      });
  other.join();
  return watched ? plain : watched;
}

shared::Result<int> Run(const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{.columns = ClusterColumns(Now()),
                             .single = !flags.name.empty() && !flags.all_namespaces};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No Ray clusters found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (flags.watch) return WatchEnded(WatchClusters(*kube, ns, flags, printer, context.io));
  if (!flags.name.empty() && !ns.empty()) {
    ASSIGN_OR_RETURN(Cluster cluster, FindCluster(*kube, ns, flags.name));
    printer.Add(std::move(cluster.ray_cluster));
    printer.Finish();
    return kExitOk;
  }
  bool any = false;
  TRY(EachCluster(*kube, ns, {.label_selector = flags.selector, .name = flags.name}, [&](Cluster cluster) {
    any = true;
    printer.Add(std::move(cluster.ray_cluster));
    return context.io.out.good();
  }));
  if (!any && !flags.name.empty())
    return Fail(ErrorCode::kNotFound, "Ray cluster " + flags.name + " not found " + InNamespace(ns));
  printer.Finish();
  return kExitOk;
}

}  // namespace

void AddGetCluster(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("cluster", "Get cluster information.");
  app->alias("clusters");
  auto flags = std::make_shared<GetFlags>();
  app->add_option("NAME", flags->name, "only this one");
  AddGetFlags(*app, flags.get(), "requested clusters");
  AddWatchFlag(*app, flags.get());
  table.Add(app, [flags](CommandContext& context) { return Run(*flags, context); });
}

}  // namespace kubectl_ray
