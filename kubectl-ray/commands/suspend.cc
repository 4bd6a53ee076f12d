#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/delete.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/clusters/wait_ready.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

struct SuspendFlags {
  std::string target;
  bool wait = false;
  std::string timeout = "5m";
};

shared::Result<int> Run(const SuspendFlags& options, bool suspended, CommandContext& context) {
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  ASSIGN_OR_RETURN(const Target target, ParseTarget(options.target));
  if (!target.is_cluster())
    return Fail(ErrorCode::kUsage, "only clusters can be suspended and resumed, not " + ToString(target));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, target.name));
  if (const std::string queue = QueueOf(cluster.ray_cluster); !suspended && !queue.empty())
    return Fail(
        ErrorCode::kConflict,
        "cannot resume Ray cluster \"" + target.name + "\": Kueue admits it from queue \"" + queue + "\"",
        "`kubectl describe workloads.kueue.x-k8s.io -n " + ns + "` shows what it waits for.");
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

void AddSwitch(Leaf& leaf, bool suspended) {
  auto& flags = leaf.Flags<SuspendFlags>();
  AddClusterArgument(leaf, &flags.target, "Its name, or raycluster/NAME")->required();
  leaf.Flag("--wait", &flags.wait,
            suspended ? "Return only when the pods are gone" : "Return only when head and workers are ready");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  const std::string line = std::string("kubectl ray ") + (suspended ? "suspend" : "resume") + " demo";
  leaf.Example(suspended ? "Free what its pods take" : "Have it again, of the same size", line);
  leaf.Example("Wait until it is done", line + " --wait --timeout 10m");
  leaf.Run([&flags, suspended](CommandContext& context) { return Run(flags, suspended, context); });
}

}  // namespace

void Suspend(Leaf& leaf) { AddSwitch(leaf, true); }
void Resume(Leaf& leaf) { AddSwitch(leaf, false); }

}  // namespace kubectl_ray
