#include <map>

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/columns.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/manifests/labels.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

// Ready worker pods by namespace/cluster/group, counted as the pages come.
shared::Result<std::map<std::string, int>> ReadyWorkers(const KubeClient& kube, const std::string& ns,
                                                        const std::string& cluster) {
  ListOptions pods{.label_selector = std::string(kNodeTypeLabel) + "=worker"};
  if (!cluster.empty()) pods.label_selector += std::string(",") + kClusterLabel + "=" + cluster;
  std::map<std::string, int> ready;
  TRY(kube.List(kPods, ns, pods, [&](const Json& pod) {
    if (IsReady(pod))
      ++ready[StringAt(pod, {"metadata", "namespace"}) + "/" +
              StringAt(pod, {"metadata", "labels", kClusterLabel}) + "/" +
              StringAt(pod, {"metadata", "labels", kGroupLabel})];
    return true;
  }));
  return ready;
}

shared::Result<int> Run(const GetFlags& flags, CommandContext& context) {
  ListPrinter::Options print{.columns = WorkerGroupColumns(flags.all_namespaces)};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(flags.output));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceFor(flags, context));
  if (flags.name.empty()) print.nothing = "No Ray worker groups found " + InNamespace(ns) + ".";
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(auto ready, ReadyWorkers(*kube, ns, flags.cluster));
  bool any = false;
  TRY(EachCluster(*kube, ns, {.label_selector = flags.selector, .name = flags.cluster},
                  [&](const Cluster& cluster) {
                    for (const Json& spec : At(cluster.ray_cluster, {"spec", "workerGroupSpecs"})) {
                      if (!flags.name.empty() && StringAt(spec, {"groupName"}) != flags.name) continue;
                      any = true;
                      const std::string key = StringAt(cluster.ray_cluster, {"metadata", "namespace"}) + "/" +
                                              StringAt(cluster.ray_cluster, {"metadata", "name"}) + "/" +
                                              StringAt(spec, {"groupName"});
                      printer.Add(WorkerGroupObject(cluster.ray_cluster, spec, ready[key]));
                    }
                    return context.io.out.good();
                  }));
  if (!any && !flags.name.empty())
    return Fail(ErrorCode::kNotFound,
                "Ray worker group " + flags.name + " not found " + InNamespace(ns) +
                    (flags.cluster.empty() ? " in any Ray cluster" : " in Ray cluster " + flags.cluster));
  printer.Finish();
  return kExitOk;
}

}  // namespace

void AddGetWorkerGroup(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("workergroup", "Get Ray worker groups");
  app->alias("workergroups");
  auto flags = std::make_shared<GetFlags>();
  app->add_option("GROUP", flags->name, "only groups of this name");
  app->add_option("-c,--ray-cluster", flags->cluster, "Ray cluster");
  AddGetFlags(*app, flags.get(), "workergroups");
  table.Add(app, [flags](CommandContext& context) { return Run(*flags, context); });
}

}  // namespace kubectl_ray
