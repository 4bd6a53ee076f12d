#include <map>
#include <optional>

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/columns.h"
#include "kubectl-ray/clusters/watch_clusters.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kube/object_fields.h"
#include "kubectl-ray/pods/node_columns.h"
#include "kubectl-ray/pods/pod_health.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

// Ready worker pods by namespace/cluster/group; nothing for a user who may not list pods.
using ReadyCounts = std::optional<std::map<std::string, int>>;

// Counts them as the pages come.
shared::Result<ReadyCounts> ReadyWorkers(const KubeClient& kube, const std::string& ns,
                                         const std::string& cluster) {
  ListOptions pods{.label_selector = std::string(kNodeTypeLabel) + "=worker"};
  if (!cluster.empty()) pods.label_selector += std::string(",") + kClusterLabel + "=" + cluster;
  std::map<std::string, int> ready;
  pods.fields = NodeFields();
  const auto listed = kube.List(kPods, ns, pods, [&](const Json& pod) {
    if (IsReady(pod))
      ++ready[StringAt(pod, {"metadata", "namespace"}) + "/" +
              StringAt(pod, {"metadata", "labels", kClusterLabel}) + "/" +
              StringAt(pod, {"metadata", "labels", kGroupLabel})];
    return true;
  });
  if (listed) return ReadyCounts(std::move(ready));
  if (listed.error().code != ErrorCode::kAuth) return shared::Unexpected(listed.error());
  kube.Note("ready workers are not counted: " + listed.error().message);
  return ReadyCounts();
}

// The groups of one cluster that were asked for, as objects to print.
std::vector<Json> GroupsOf(const Json& ray_cluster, const GetFlags& flags, const ReadyCounts& ready) {
  std::vector<Json> groups;
  for (const Json& spec : At(ray_cluster, {"spec", "workerGroupSpecs"})) {
    const std::string group = StringAt(spec, {"groupName"});
    if (!flags.name.empty() && group != flags.name) continue;
    const std::string key = StringAt(ray_cluster, {"metadata", "namespace"}) + "/" +
                            StringAt(ray_cluster, {"metadata", "name"}) + "/" + group;
    std::optional<int> count;
    if (ready) count = ready->contains(key) ? ready->at(key) : 0;
    groups.push_back(WorkerGroupObject(ray_cluster, spec, count));
  }
  return groups;
}

// Prints a group when it, or the count of its ready workers, has changed, and when its cluster is gone.
shared::Result<int> Watch(const KubeClient& kube, const std::string& ns, const GetFlags& flags,
                          ListPrinter& printer, Streams& io) {
  std::map<std::string, Json> printed;
  const shared::Status watched = WatchClusters(
      kube, ns, {.label_selector = flags.selector, .name = flags.cluster},
      [&](const Json& ray_cluster, bool gone) {
        const std::string name = StringAt(ray_cluster, {"metadata", "name"});
        const std::string where = StringAt(ray_cluster, {"metadata", "namespace"});
        shared::Result<ReadyCounts> ready = ReadyCounts(std::in_place);
        if (!gone) ready = ReadyWorkers(kube, where, name);
        if (!ready) return true;  // printed at its next change
        for (Json& group : GroupsOf(ray_cluster, flags, *ready)) {
          Json& last = printed[where + "/" + name + "/" + StringAt(group, {"metadata", "name"})];
          if (last == group && !gone) continue;
          last = group;
          printer.Add(std::move(group));
        }
        printer.Flush();
        return io.out.good();
      });
  return WatchEnded(watched);
}

shared::Result<int> Run(const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{.columns = WorkerGroupColumns(flags.all_namespaces), .watch = flags.watch};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No Ray worker groups found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (flags.watch) return Watch(*kube, ns, flags, printer, context.io);
  ASSIGN_OR_RETURN(const auto ready, ReadyWorkers(*kube, ns, flags.cluster));
  bool any = false;
  TRY(EachCluster(*kube, ns,
                  {.label_selector = flags.selector, .name = flags.cluster, .fields = WithoutManagedFields()},
                  [&](const Cluster& cluster) {
                    for (Json& group : GroupsOf(cluster.ray_cluster, flags, ready)) {
                      any = true;
                      printer.Add(std::move(group));
                    }
                    return context.io.out.good();
                  }));
  if (!any && !flags.name.empty())
    return Fail(
        ErrorCode::kNotFound,
        "Ray worker group \"" + flags.name + "\" not found " + InNamespace(ns) +
            (flags.cluster.empty() ? " in any Ray cluster" : " in Ray cluster \"" + flags.cluster + "\""));
  printer.Finish();
  return kExitOk;
}

}  // namespace

void GetWorkerGroup(Leaf& leaf) {
  auto& flags = leaf.Flags<GetFlags>();
  AddWorkerGroupArgument(leaf, &flags.name, "Only groups of this name");
  AddClusterFlag(leaf, ClusterFlag::kShort, &flags.cluster, "Only worker groups of this Ray cluster");
  AddGetFlags(leaf, &flags, "workergroups");
  AddWatchFlag(leaf, &flags);
  leaf.Example("The worker groups of all clusters, and of one", "kubectl ray get workergroup",
               "kubectl ray get workergroup -c demo");
  leaf.Example("How many of a group's workers are ready, as it changes",
               "kubectl ray get workergroup default-group -c demo --watch");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
