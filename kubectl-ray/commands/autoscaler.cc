#include "kubectl-ray/commands/autoscaler.h"

#include "kubectl-ray/cli/repaint.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/gather_status.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/jobs/ask_ray.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::chrono::seconds kLookAgain(2);

// The only cluster of the namespace needs no name.
Result<std::string> ClusterNamed(const AutoscalerFlags& flags, const KubeClient& kube,
                                 const std::string& ns) {
  if (!flags.cluster.empty()) return flags.cluster;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListClusterNames(kube, ns, 2));
  if (names.size() == 1) return names.front();
  if (names.empty())
    return Fail(ErrorCode::kNotFound, "no Ray clusters found in namespace \"" + ns + "\"",
                "`kubectl ray create cluster NAME` makes one.");
  return Fail(ErrorCode::kUsage, "namespace \"" + ns + "\" has several Ray clusters: which one is meant?",
              "Name one: kubectl ray autoscaler " + names.front());
}

Result<ScalingView> LookAtScaling(CommandContext& context, const KubeClient& kube, const std::string& ns,
                                  const std::string& name) {
  ASSIGN_OR_RETURN(StatusInput status, GatherObjects(kube, ns, name));
  TRY(AskRay(context, kube, name, RayPart::kScaling, &status));
  status.now = Now();
  return ReadScaling(ScalingInputOf(status));
}

Result<int> Show(const AutoscalerFlags& flags, CommandContext& context, const KubeClient& kube,
                 const std::string& ns, const std::string& name) {
  ASSIGN_OR_RETURN(const ScalingView view, LookAtScaling(context, kube, ns, name));
  std::string screen =
      flags.output == "json" ? shared::DumpJson(ScalingToJson(view), 4) + "\n" : RenderScaling(view);
  if (flags.watch && context.io.out_is_terminal) screen = Repaint(screen, context.io.height);
  context.io.out << screen << std::flush;
  return kExitOk;
}

Result<int> Run(const AutoscalerFlags& flags, CommandContext& context) {
  if (!flags.output.empty() && flags.output != "json")
    return Fail(ErrorCode::kUsage, "cannot print what waits as \"" + flags.output + "\"", "Use -o json.");
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string name, ClusterNamed(flags, *kube, ns));
  if (!flags.watch) return Show(flags, context, *kube, ns, name);
  if (context.io.out_is_terminal) context.io.out << "\033[2J";
  while (context.io.out.good()) {
    const Result<int> shown = Show(flags, context, *kube, ns, name);
    if (!shown && shown.error().code != ErrorCode::kUnavailable) return shown;
    if (!shown)
      context.io.err << "warning: " << shared::EscapeControl(shown.error().message) << "; trying again\n"
                     << std::flush;
    if (context.interrupt.WaitFor(kLookAgain)) return kExitInterrupted;
  }
  return kExitOk;
}

}  // namespace

void AutoscalerCommand(Leaf& leaf) {
  auto& flags = leaf.Flags<AutoscalerFlags>();
  AddClusterArgument(leaf, &flags.cluster, "The cluster; may be left out if the namespace has one alone");
  leaf.Flag("-o,--output", &flags.output, "json");
  leaf.Flag("-w,--watch", &flags.watch, "Show it again every two seconds until Ctrl-C");
  leaf.Note(
      "For each demand that Ray has: the groups whose nodes could hold it, and the first reason why it still "
      "waits, from what no node has, through maxReplicas, quotas, the scheduler and images, to a node that "
      "starts. Below: what the autoscaler has asked for and what failed, and the idle workers, since when "
      "and "
      "when they go. Without an autoscaler it shows the same of the groups as they are.");
  leaf.Note(
      "It asks the GCS through a port-forward to the head, and Ray's dashboard if that does not answer.");
  leaf.Example("Why tasks wait, and which nodes do nothing", "kubectl ray autoscaler demo");
  leaf.Example("The causes, for a script", "kubectl ray autoscaler demo -o json");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
