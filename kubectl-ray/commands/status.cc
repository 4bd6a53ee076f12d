#include "kubectl-ray/clusters/status.h"

#include <memory>

#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/gather_status.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kinds/target.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

struct Options {
  std::string target;
  std::string output;
  bool watch = false;
};

constexpr std::chrono::seconds kRedraw(2);

// Asks the cluster's dashboard, which is reached at the first question.
DashboardReader ReaderFor(CommandContext& context, const std::string& cluster) {
  DashboardAddress address;
  address.cluster = cluster;
  return [&context, address, dashboard = std::shared_ptr<Dashboard>()](
             const std::string& path, std::chrono::milliseconds patience) mutable -> shared::Result<Json> {
    if (dashboard == nullptr) {
      ASSIGN_OR_RETURN(dashboard, ConnectDashboard(context, address));
    }
    return dashboard->jobs().GetPath(path, Deadline::After(patience));
  };
}

shared::Result<ClusterStatus> Look(CommandContext& context, const KubeClient& kube, const std::string& ns,
                                   const std::string& name) {
  ASSIGN_OR_RETURN(const StatusInput input, GatherStatus(kube, ns, name, ReaderFor(context, name)));
  return Diagnose(input);
}

// The clusters to look at: the one named, or all of the namespace.
shared::Result<std::vector<std::string>> Names(const Options& options, const KubeClient& kube,
                                               const std::string& ns) {
  if (!options.target.empty()) {
    ASSIGN_OR_RETURN(const Target target, ParseTarget(options.target));
    ASSIGN_OR_RETURN(std::string name, ResolveCluster(kube, ns, target));
    return std::vector<std::string>{std::move(name)};
  }
  std::vector<std::string> names;
  TRY(EachCluster(kube, ns, {}, [&](const Cluster& cluster) {
    names.push_back(StringAt(cluster.ray_cluster, {"metadata", "name"}));
    return true;
  }));
  if (names.empty())
    return Fail(ErrorCode::kNotFound, "no Ray clusters found in namespace \"" + ns + "\"",
                "`kubectl ray create cluster NAME` makes one.");
  return names;
}

shared::Result<int> Show(const Options& options, CommandContext& context, const KubeClient& kube,
                         const std::string& ns) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, Names(options, kube, ns));
  bool well = true;
  std::string screen;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const ClusterStatus status, Look(context, kube, ns, name));
    well = well && status.well;
    const bool color = context.io.color && context.io.out_is_terminal;
    if (options.output == "json")
      screen += shared::DumpJson(StatusToJson(status), 4) + "\n";
    else
      screen += (screen.empty() ? "" : "\n") + RenderStatus(status, color);
  }
  if (options.watch && context.io.out_is_terminal) screen = Repaint(screen, context.io.height);
  context.io.out << screen << std::flush;
  return well ? kExitOk : kExitFailure;
}

shared::Result<int> Run(const Options& options, CommandContext& context) {
  if (!options.output.empty() && options.output != "json")
    return Fail(ErrorCode::kUsage, "cannot print a status as \"" + options.output + "\"", "Use -o json.");
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (!options.watch) return Show(options, context, *kube, ns);
  if (context.io.out_is_terminal) context.io.out << "\033[2J";
  while (context.io.out.good()) {
    shared::Result<int> shown = Show(options, context, *kube, ns);
    if (!shown && shown.error().code != ErrorCode::kUnavailable) return shown;
    if (!shown)
      context.io.err << "warning: " << shared::EscapeControl(shown.error().message) << "; trying again\n"
                     << std::flush;
    if (context.interrupt.WaitFor(kRedraw)) return kExitInterrupted;
  }
  return kExitOk;
}

}  // namespace

void AddStatus(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand("status", "Say whether a Ray cluster is well, and if not, why");
  app->group("Clusters");
  auto options = std::make_shared<Options>();
  app->add_option("RAYCLUSTER|TYPE/NAME", options->target, "the cluster; without it, all of the namespace");
  app->add_option("-o,--output", options->output, "json");
  app->add_flag("-w,--watch", options->watch, "show it anew every two seconds until Ctrl-C");
  app->footer(R"(The exit code is 0 only if all is well.

Examples:
  # One cluster: its pods, their events, and what Ray says
  kubectl ray status demo

  # All clusters of the namespace, for a script
  kubectl ray status -o json)");
  table.Add(app, [options](CommandContext& context) { return Run(*options, context); });
}

}  // namespace kubectl_ray
