#include "kubectl-ray/clusters/status.h"

#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/gather_status.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/cron_job.h"
#include "kubectl-ray/jobs/ask_ray.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kinds/target.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

struct Options {
  std::string target;
  std::string output;
  bool watch = false;
};

constexpr std::chrono::seconds kRedraw(2);

shared::Result<ClusterStatus> Look(CommandContext& context, const KubeClient& kube, const std::string& ns,
                                   const std::string& name) {
  ASSIGN_OR_RETURN(StatusInput input, GatherObjects(kube, ns, name));
  TRY(AskRay(context, kube, name, RayPart::kScalingAndJobs, &input));
  input.now = Now();
  return Diagnose(input);
}

// The clusters to look at, which are one that was named, or all of the namespace. Adds to `screen` what
// stands above them.
shared::Result<std::vector<std::string>> Names(const Options& options, const KubeClient& kube,
                                               const std::string& ns, std::string* screen) {
  if (!options.target.empty()) {
    ASSIGN_OR_RETURN(const Target target, ParseTarget(options.target));
    if (target.is_cluster()) return std::vector{target.name};
    ASSIGN_OR_RETURN(const Json object, FindObject(kube, ns, target));
    if (options.output.empty()) *screen += RenderObject(target, ns, object);
    ASSIGN_OR_RETURN(UsedCluster cluster, ClusterOf(target, object));
    return std::vector{std::move(cluster.name)};
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

// A RayCronJob has no cluster: its times and its history are its status.
shared::Result<bool> DrawCronJob(const Options& options, const Target& target, CommandContext& context,
                                 const KubeClient& kube, const std::string& ns, std::string* screen) {
  ASSIGN_OR_RETURN(const CronJobReport report, LookAtCronJob(kube, ns, target, context.environment));
  *screen = options.output == "json" ? shared::DumpJson(CronJobToJson(report), 4) + "\n"
                                     : RenderCronJob(report, Now());
  return report.well();
}

// Draws what there is to see; whether all is well. After an error `screen` holds what stands above the
// clusters.
shared::Result<bool> Draw(const Options& options, CommandContext& context, const KubeClient& kube,
                          const std::string& ns, std::string* screen) {
  if (const auto target = ParseTarget(options.target); target && target->kind->resource == kRayCronJobs)
    return DrawCronJob(options, *target, context, kube, ns, screen);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, Names(options, kube, ns, screen));
  bool well = true;
  std::string drawn = *screen;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const ClusterStatus status, Look(context, kube, ns, name));
    well = well && status.well;
    const bool color = context.io.color && context.io.out_is_terminal;
    if (options.output == "json")
      drawn += shared::DumpJson(StatusToJson(status), 4) + "\n";
    else
      drawn += (drawn.empty() ? "" : "\n") + RenderStatus(status, color);
  }
  *screen = std::move(drawn);
  return well;
}

shared::Result<int> Show(const Options& options, CommandContext& context, const KubeClient& kube,
                         const std::string& ns) {
  std::string screen;
  const shared::Result<bool> well = Draw(options, context, kube, ns, &screen);
  if (!well && screen.empty()) return shared::Unexpected(well.error());
  if (options.watch && context.io.out_is_terminal) screen = Repaint(screen, context.io.height);
  context.io.out << screen << std::flush;
  if (!well) return shared::Unexpected(well.error());
  return *well ? kExitOk : kExitFailure;
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

void Status(Leaf& leaf) {
  auto& flags = leaf.Flags<Options>();
  AddTargetArgument(leaf, &flags.target,
                    "The cluster, TYPE/NAME of what has one, or raycronjob/NAME; else all of the namespace");
  leaf.Flag("-o,--output", &flags.output, "json");
  leaf.Flag("-w,--watch", &flags.watch, "Show it again every two seconds until Ctrl-C");
  leaf.Note("The exit code is 0 only if all is well.");
  leaf.Note(
      "What waits for resources, and why, is as `kubectl ray autoscaler` has it: from the GCS, or from Ray's "
      "dashboard if that does not answer.");
  leaf.Example("One cluster: its pods, their events, and what Ray says", "kubectl ray status demo");
  leaf.Example("When a RayCronJob runs next, and how its past runs ended",
               "kubectl ray status raycronjob/night");
  leaf.Example("All clusters of the namespace, for a script", "kubectl ray status -o json");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
