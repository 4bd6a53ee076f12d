#include "kubectl-ray/commands/serve_on_cluster.h"

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/kinds/labels.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

constexpr const char* kServePath = "/api/serve/applications/";
constexpr std::chrono::seconds kLookAgain(2);

// Only the user without the right to see the cluster is not stopped.
shared::Status CheckIsNotOfRayService(CommandContext& context, const std::string& name) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  const Result<Cluster> cluster = FindCluster(*kube, ns, name);
  if (!cluster && cluster.error().code == ErrorCode::kAuth) return shared::Ok();
  if (!cluster) return shared::Unexpected(cluster.error());
  const Json& owners = shared::At(cluster->ray_cluster, {"metadata", "ownerReferences"});
  if (StringAt(cluster->ray_cluster, {"metadata", "labels", kOriginLabel}) != "RayService" ||
      !owners.is_array() || owners.empty())
    return shared::Ok();
  const std::string service = StringAt(owners[0], {"name"});
  return Fail(
      ErrorCode::kConflict,
      "cannot change what cluster \"" + name + "\" serves: RayService \"" + service + "\" says that",
      "Change its serveConfigV2: `kubectl ray apply -f FILE`, or `kubectl edit rayservice/" + service + "`.");
}

Result<int> End(const ReachedServe& serve, const ServeVerdict& verdict) {
  if (verdict.verdict != RolloutVerdict::kFailed) return kExitOk;
  return Fail(
      ErrorCode::kConflict, RenderServeVerdict(verdict, serve.where),
      "`kubectl ray logs` of the head and the workers has more; deploying it again makes a new attempt.");
}

}  // namespace

void AddServeFlags(Leaf& leaf, DashboardAddress* address, const std::string& help) {
  leaf.FlagGroup("On a cluster that runs, without a RayService");
  AddClusterFlag(leaf, ClusterFlag::kShort, &address->cluster, help);
  AddDashboardUrlFlags(leaf, address);
  leaf.FlagGroup("");
}

Result<ReachedServe> ReachServe(CommandContext& context, const DashboardAddress& address) {
  if (address.cluster.empty() == address.address.empty())
    return Fail(ErrorCode::kUsage,
                address.cluster.empty()
                    ? "cannot reach Serve: no cluster is named"
                    : "cannot use a cluster and --address together: both name a dashboard",
                "Name a cluster, or give --address URL of its dashboard.");
  ReachedServe serve;
  ASSIGN_OR_RETURN(serve.dashboard, ConnectDashboard(context, address));
  serve.where =
      address.cluster.empty() ? "\"" + address.address + "\"" : "cluster \"" + address.cluster + "\"";
  return serve;
}

Result<ReachedServe> ReachServeToChange(CommandContext& context, const DashboardAddress& address) {
  if (!address.cluster.empty() && address.address.empty())
    TRY(CheckIsNotOfRayService(context, address.cluster));
  return ReachServe(context, address);
}

Result<ServeInstance> ReadServe(const ReachedServe& serve) {
  ASSIGN_OR_RETURN(const Json answer, serve.dashboard->jobs().GetPath(kServePath));
  return ParseServeInstance(answer);
}

shared::Status SendServePlan(const ReachedServe& serve, const ServePlan& plan) {
  return serve.dashboard->jobs().PutPath(kServePath, plan.body, "deploy to Serve on " + serve.where);
}

shared::Status ShutDownServe(const ReachedServe& serve) {
  return serve.dashboard->jobs().DeletePath(kServePath, "shut down Serve on " + serve.where);
}

Result<int> FollowServe(CommandContext& context, const ReachedServe& serve, const ServeWatch& watch,
                        const std::function<void(const ServeInstance&, const ServeVerdict&)>& on_look) {
  bool pause = watch.just_sent, seen = false;
  while (true) {
    if (pause && context.interrupt.WaitFor(kLookAgain)) return kExitInterrupted;
    pause = true;
    const Result<ServeInstance> instance = ReadServe(serve);
    const bool lost = !instance && seen && instance.error().code == ErrorCode::kUnavailable;
    if (!instance && !lost) return shared::Unexpected(instance.error());
    ServeVerdict verdict{RolloutVerdict::kProgressing, lost ? instance.error().message : ""};
    if (lost)
      context.io.err << "warning: " << shared::EscapeControl(verdict.why) << "; trying again\n" << std::flush;
    if (!lost) {
      if (instance->applications.empty() && watch.names.empty())
        return Fail(
            ErrorCode::kNotFound, "Serve on " + serve.where + " has no applications",
            "`kubectl ray create service --ray-cluster CLUSTER --import-path MODULE:VARIABLE` deploys one.");
      verdict = JudgeServe(*instance, watch.names);
      on_look(*instance, verdict);
      seen = true;
    }
    if (verdict.verdict != RolloutVerdict::kProgressing || !watch.watch) return End(serve, verdict);
    if (!watch.deadline.passed()) continue;
    context.io.err << "error: " << RenderServeVerdict(verdict, serve.where) << ", and --timeout is over"
                   << std::endl;
    return kExitTimedOut;
  }
}

}  // namespace kubectl_ray
