#include "kubectl-ray/apply/operator_rules.h"
#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/delete.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/clusters/wait_ready.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
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

shared::Status CheckNoQueue(const Json& object, const std::string& noun, const std::string& ns) {
  const std::string queue = QueueOf(object);
  if (queue.empty()) return shared::Ok();
  return Fail(ErrorCode::kConflict,
              "cannot resume " + noun + ": Kueue admits it from queue \"" + queue + "\"",
              "`kubectl describe workloads.kueue.x-k8s.io -n " + ns + "` shows what it waits for.");
}

shared::Result<int> SwitchCluster(const SuspendFlags& options, const std::string& name, bool suspended,
                                  CommandContext& context) {
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Cluster cluster, FindCluster(*kube, ns, name));
  if (!suspended) TRY(CheckNoQueue(cluster.ray_cluster, "Ray cluster \"" + name + "\"", ns));
  const char* state = suspended ? "suspended" : "running";
  if (IsSuspended(cluster) == suspended) {
    context.io.out << "Ray cluster " << name << " in namespace " << ns << " is already " << state
                   << std::endl;
  } else {
    TRY(SetSuspended(*kube, cluster, suspended));
    context.io.out << (suspended ? "Suspended" : "Resumed") << " Ray cluster " << name << " in namespace "
                   << ns << std::endl;
  }
  if (options.wait && suspended) TRY(WaitGone(*kube, ns, name, timeout, context.io));
  if (options.wait && !suspended)
    TRY(WaitReady(*kube, {ns, name, WantedWorkers(cluster.ray_cluster)}, timeout, context.io));
  return kExitOk;
}

// The operator refuses a suspended RayJob that breaks one of its rules, in an event alone.
shared::Status CheckMaySuspend(Json object, const Target& target) {
  if (const RayJobState state = ReadRayJobState(object); target.kind->resource == kRayJobs && state.over)
    return Fail(ErrorCode::kConflict, "cannot suspend " + ToString(target) + ": it is over");
  object["spec"]["suspend"] = true;
  for (const BrokenRule& rule : BrokenRules(object))
    return Fail(ErrorCode::kConflict,
                "cannot suspend " + ToString(target) + ", as its " + rule.field + " " + rule.cause,
                rule.remedy);
  return shared::Ok();
}

// Whether the operator has done what spec.suspend says.
bool HasSwitched(const Json& object, const Target& target, bool suspended) {
  if (target.kind->resource == kRayServices)
    return shared::StringAt(ConditionOf(object, suspended ? "Suspended" : "Ready"), {"status"}) == "True";
  const std::string status = ReadRayJobState(object).deployment_status;
  return suspended ? status == "Suspended" : status == "Running" || status == "Waiting";
}

shared::Status WaitSwitched(const KubeClient& kube, const std::string& ns, const Target& target,
                            bool suspended, shared::Deadline deadline) {
  return kube.Watch(target.kind->resource, ns, {.field_selector = "metadata.name=" + target.name}, deadline,
                    [&](const WatchEvent& event) {
                      if (event.type == WatchEventType::kDeleted) return false;
                      if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified)
                        return true;
                      return !HasSwitched(event.object, target, suspended);
                    });
}

// A RayJob or a RayService, whose cluster the operator deletes meanwhile.
shared::Result<int> SwitchObject(const SuspendFlags& options, const Target& target, bool suspended,
                                 CommandContext& context) {
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Json object, FindObject(*kube, ns, target));
  const char* state = suspended ? "suspended" : "running";
  const std::string noun = target.kind->resource.kind + " " + target.name + " in namespace " + ns;
  if (shared::BoolAt(object, {"spec", "suspend"}) == suspended) {
    context.io.out << noun << " is already " << state << std::endl;
  } else {
    if (suspended) TRY(CheckMaySuspend(object, target));
    if (!suspended) TRY(CheckNoQueue(object, ToString(target), ns));
    TRY(kube->Patch(target.kind->resource, ns, target.name, {{"spec", {{"suspend", suspended}}}},
                    "application/merge-patch+json"));
    context.io.out << (suspended ? "Suspended " : "Resumed ") << noun << std::endl;
  }
  if (options.wait) TRY(WaitSwitched(*kube, ns, target, suspended, shared::Deadline::After(timeout)));
  return kExitOk;
}

shared::Result<int> Run(const SuspendFlags& options, bool suspended, CommandContext& context) {
  ASSIGN_OR_RETURN(const Target target, ParseTarget(options.target));
  if (target.is_cluster()) return SwitchCluster(options, target.name, suspended, context);
  const Resource& resource = target.kind->resource;
  if (resource == kRayJobs || resource == kRayServices)
    return SwitchObject(options, target, suspended, context);
  return Fail(ErrorCode::kUsage, "cannot suspend or resume " + ToString(target) +
                                     ": only clusters, RayJobs and RayServices can be");
}

void AddSwitch(Leaf& leaf, bool suspended) {
  auto& flags = leaf.Flags<SuspendFlags>();
  AddTargetArgument(leaf, &flags.target, "Its name; or rayjob/NAME, rayservice/NAME")->required();
  leaf.Flag("--wait", &flags.wait,
            suspended ? "Return only when the pods are gone" : "Return only when head and workers are ready");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  const std::string line = std::string("kubectl ray ") + (suspended ? "suspend" : "resume") + " demo";
  leaf.Example(suspended ? "Free what its pods take" : "Have it again, of the same size", line);
  leaf.Example(
      suspended ? "The clusters of a RayService, which has to have KubeRay 1.7"
                : "A RayService, which serves again",
      std::string("kubectl ray ") + (suspended ? "suspend" : "resume") + " rayservice/sample-rayservice");
  leaf.Example("Wait until it is done", line + " --wait --timeout 10m");
  leaf.Run([&flags, suspended](CommandContext& context) { return Run(flags, suspended, context); });
}

}  // namespace

void Suspend(Leaf& leaf) { AddSwitch(leaf, true); }
void Resume(Leaf& leaf) { AddSwitch(leaf, false); }

}  // namespace kubectl_ray
