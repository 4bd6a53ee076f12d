#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/delete.h"
#include "kubectl-ray/clusters/wait_ready.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

struct Options {
  std::string target;
  bool wait = false;
  std::string timeout = "5m";
};

shared::Result<int> Run(const Options& options, bool suspended, CommandContext& context) {
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  ASSIGN_OR_RETURN(const Target target, ParseTarget(options.target));
  if (target.kind != TargetKind::kCluster)
    return Fail(ErrorCode::kUsage, "only clusters can be suspended and resumed, not " + ToString(target));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, target.name));
  const char* state = suspended ? "suspended" : "running";
  if (IsSuspended(cluster) == suspended) {
    context.io.out << "Ray cluster " << target.name << " in namespace " << ns << " is already " << state
                   << std::endl;
  } else {
    TRY(SetSuspended(*kube, cluster, suspended));
    context.io.out << (suspended ? "Suspended" : "Resumed") << " Ray cluster " << target.name
                   << " in namespace " << ns << std::endl;
  }
  if (options.wait && suspended) TRY(WaitGone(*kube, ns, target.name, timeout, context.io));
  if (options.wait && !suspended)
    TRY(WaitReady(*kube, {ns, target.name, WantedWorkers(cluster.ray_cluster)}, timeout, context.io));
  return kExitOk;
}

void AddSwitch(CLI::App& parent, CommandTable& table, const char* name, const char* help, bool suspended) {
  CLI::App* app = parent.add_subcommand(name, help);
  app->group("Clusters");
  auto options = std::make_shared<Options>();
  app->add_option("RAYCLUSTER", options->target, "the cluster's name, or raycluster/NAME")->required();
  app->add_flag(
      "--wait", options->wait,
      suspended ? "return only when the pods are gone" : "return only when head and workers are ready");
  app->add_option("--timeout", options->timeout, "the timeout for --wait")->capture_default_str();
  const std::string line = std::string("kubectl ray ") + name + " demo";
  app->footer("Examples:\n  " + line + "\n  " + line + " --wait --timeout 10m");
  table.Add(app, [options, suspended](CommandContext& context) { return Run(*options, suspended, context); });
}

}  // namespace

void AddSuspend(CLI::App& parent, CommandTable& table) {
  AddSwitch(parent, table, "suspend", "Stop a Ray cluster's pods, keeping what it is", true);
  AddSwitch(parent, table, "resume", "Start the pods of a suspended Ray cluster again", false);
}

}  // namespace kubectl_ray
