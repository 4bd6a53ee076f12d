#include "kubectl-ray/apply/operator_rules.h"
#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/delete.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/clusters/wait_ready.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/cron_job.h"
#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

struct SuspendFlags {
  std::string target;
  bool wait = false;
  std::string timeout = "5m";
  bool yes = false;  // of `resume`
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
  // A RayCronJob that the operator refuses makes no runs either.
  if (target.kind->resource == kRayCronJobs) return shared::Ok();
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

// What the operator does with runs that were missed; its resource has no deadline and no policy for them.
std::string CatchUp(const std::string& version) {
  const std::string text = "KubeRay" + (version.empty() ? "" : " " + version);
  const std::string number = version.substr(version.starts_with('v') ? 1 : 0);
  if (number.starts_with("1.6.")) return text + " starts one RayJob for all of them at once.";
  if (!version.empty()) return text + " starts a RayJob for each of them at once, side by side.";
  return text + " starts a RayJob for each of them at once, side by side; 1.6 starts one for all.";
}

// Whether a RayCronJob may be resumed: nobody is surprised by the runs that it then makes up for.
shared::Result<bool> MayCatchUp(const SuspendFlags& options, const Json& object, const Target& target,
                                const KubeClient& kube, const std::string& ns, CommandContext& context) {
  const auto zone = ZoneOf(object, context.environment);
  const MissedRuns missed = FindMissedRuns(object, zone.value_or(TimeZone()), Now());
  const CronOperator its = FindCronOperator(kube, ns);
  if (!its.why_none.empty())
    context.io.err << "warning: " << shared::EscapeControl(its.why_none) << std::endl;
  if (missed.count == 0) return true;
  const std::string about = ToString(target) + " has missed " +
                            shared::EscapeControl(Describe(missed, zone.value_or(TimeZone()))) + ". " +
                            shared::EscapeControl(CatchUp(its.version));
  if (options.yes) {
    context.io.err << about << std::endl;
    return true;
  }
  ASSIGN_OR_RETURN(const bool sure,
                   Confirm(context.io, context.interrupt, about + "\nResume it and start them now?"));
  if (!sure)
    context.io.err << "It stays suspended. Without those runs: delete it and make it again." << std::endl;
  return sure;
}

// A RayJob or a RayService, whose cluster the operator deletes meanwhile; or a RayCronJob, whose runs go on.
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
    if (!suspended && target.kind->resource == kRayCronJobs) {
      ASSIGN_OR_RETURN(const bool sure, MayCatchUp(options, object, target, *kube, ns, context));
      if (!sure) return kExitOk;
    }
    TRY(kube->Patch(target.kind->resource, ns, target.name, {{"spec", {{"suspend", suspended}}}},
                    "application/merge-patch+json"));
    context.io.out << (suspended ? "Suspended " : "Resumed ") << noun << std::endl;
  }
  if (target.kind->resource == kRayCronJobs) return kExitOk;  // it counts at once
  if (options.wait) TRY(WaitSwitched(*kube, ns, target, suspended, shared::Deadline::After(timeout)));
  return kExitOk;
}

shared::Result<int> Run(const SuspendFlags& options, bool suspended, CommandContext& context) {
  ASSIGN_OR_RETURN(const Target target, ParseTarget(options.target));
  if (target.is_cluster()) return SwitchCluster(options, target.name, suspended, context);
  const Resource& resource = target.kind->resource;
  if (resource == kRayJobs || resource == kRayServices || resource == kRayCronJobs)
    return SwitchObject(options, target, suspended, context);
  return Fail(ErrorCode::kUsage, "cannot suspend or resume " + ToString(target) +
                                     ": only clusters, RayJobs, RayServices and RayCronJobs can be");
}

void AddSwitch(Leaf& leaf, bool suspended) {
  auto& flags = leaf.Flags<SuspendFlags>();
  AddTargetArgument(leaf, &flags.target, "Its name; or rayjob/NAME, rayservice/NAME, raycronjob/NAME")
      ->required();
  leaf.Flag("--wait", &flags.wait,
            suspended ? "Return only when the pods are gone" : "Return only when head and workers are ready");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  if (!suspended) leaf.Flag("-y,--yes", &flags.yes, "Start the runs that a RayCronJob missed without asking");
  const std::string line = std::string("kubectl ray ") + (suspended ? "suspend" : "resume") + " demo";
  leaf.Example(suspended ? "Free what its pods take" : "Have it again, of the same size", line);
  leaf.Example(
      suspended ? "The clusters of a RayService, which has to have KubeRay 1.7"
                : "A RayService, which serves again",
      std::string("kubectl ray ") + (suspended ? "suspend" : "resume") + " rayservice/sample-rayservice");
  leaf.Example(suspended ? "Start no more runs of a RayCronJob; those that run go on"
                         : "Have a RayCronJob run again, after a question about the runs that it missed",
               std::string("kubectl ray ") + (suspended ? "suspend" : "resume") + " raycronjob/night");
  leaf.Example("Wait until it is done", line + " --wait --timeout 10m");
  leaf.Run([&flags, suspended](CommandContext& context) { return Run(flags, suspended, context); });
}

}  // namespace

void Suspend(Leaf& leaf) { AddSwitch(leaf, true); }
void Resume(Leaf& leaf) { AddSwitch(leaf, false); }

}  // namespace kubectl_ray
