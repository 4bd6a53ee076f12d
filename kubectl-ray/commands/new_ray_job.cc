#include "kubectl-ray/commands/new_ray_job.h"

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/clusters/namespace_security.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/commands/new_cluster.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "kubectl-ray/manifests/set_path.h"
#include "kubectl-ray/ray/submitter_entrypoint.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

// The spec of the RayCluster that should be there already; null if it cannot be had. KubeRay looks for it
// again and again, without a word in the RayJob's status, so that a wrong name has to be noticed here.
Json SpecOfClusterThere(CommandContext& context, const std::string& name) {
  const auto kube = context.Kube();
  const auto ns = context.Namespace();
  if (!kube || !ns) return {};
  const auto there = (*kube)->Get(kRayClusters, *ns, name);
  if (there) return At(*there, {"spec"});
  if (there.error().code == ErrorCode::kNotFound)
    context.io.err << "warning: there is no RayCluster \"" << shared::EscapeControl(name)
                   << "\" in namespace \"" << *ns << "\": the job waits until there is one" << std::endl;
  return {};
}

// `cluster`: the spec of the RayCluster that it runs on, whose image the submitter has.
Result<JobRequest> RequestFor(CommandContext& context, const NewRayJobFlags& flags, const Json& cluster) {
  ASSIGN_OR_RETURN(JobPlan plan, PlanJob(context, flags.job, Json()));
  if (!plan.packages.empty())
    return Fail(ErrorCode::kUsage,
                "cannot use \"" + plan.packages.front().source +
                    "\" of this machine: nothing is uploaded for a job that KubeRay submits",
                "Have it in the image, in a volume, or at a URI that the pods can fetch; `kubectl ray job "
                "submit` uploads it.");
  if (HasSubmitter(flags.fate.submission_mode)) {
    const std::vector<std::string> shell = {"sh", "-c", flags.job.shell};
    ASSIGN_OR_RETURN(plan.request.entrypoint,
                     QuoteForSubmitter(flags.job.shell.empty() ? *context.global.program : shell,
                                       shared::ParseRayRelease(StringAt(cluster, {"rayVersion"}))));
  }
  return std::move(plan.request);
}

Result<Json> ClusterSpecFor(CommandContext& context, ClusterFlags flags, const std::string& name) {
  flags.pods.no_agent = true;  // as `job submit` makes them
  ASSIGN_OR_RETURN(ClusterSpec cluster, SpecFromFlags(flags, context.environment));
  cluster.name = name;
  ASSIGN_OR_RETURN(cluster.ns, context.Namespace());
  TRY(CheckClusterSpec(cluster));
  if (const auto kube = context.Kube()) DecidePodSecurity(**kube, &cluster);  // a dry run does without
  return At(RayClusterFor(cluster, Backend::kOperator), {"spec"});
}

}  // namespace

void AddNewRayJobFlags(Leaf& leaf, NewRayJobFlags* flags) {
  AddStoredJobFlags(leaf, &flags->job);
  leaf.FlagGroup("How it is submitted, and what becomes of it");
  RayJobFate& fate = flags->fate;
  leaf.Flag("--submission-mode", &fate.submission_mode,
            "Who submits the job: K8sJobMode: a pod of its own, as KubeRay has it by default; SidecarMode: a "
            "container in the head's pod; HTTPMode: the operator")
      ->check(CLI::IsMember({"K8sJobMode", "SidecarMode", "HTTPMode"}));
  leaf.Flag("--backoff-limit", &fate.backoff_limit,
            "How often a job that failed is tried again, each time on a new cluster")
      ->check(AtLeastZero());
  leaf.Flag("--active-deadline-seconds", &fate.active_deadline_seconds,
            "How long the RayJob may take, with the start of its cluster");
  leaf.Flag("--shutdown-after-job-finishes", &fate.shutdown_after_job_finishes,
            "Delete the cluster once the job is over; =false: it stays");
  leaf.Flag("--ttl-seconds-after-finished", &fate.ttl_seconds_after_finished, "How long it stays before that")
      ->check(AtLeastZero());
  leaf.Flag("--deletion-rule", &fate.deletion_rules,
            "STATUS:POLICY[:SECONDS], in place of the two flags above: what is deleted how long after which "
            "end; may be repeated");
  leaf.FlagGroup("Its cluster");
  AddClusterFlag(leaf, ClusterFlag::kLikeRaysOwn, &flags->ray_cluster,
                 "A RayCluster to run on, which stays; else the job gets one of its own");
  AddRayJobClusterFlags(leaf, &flags->cluster);
  leaf.FlagGroup("");
  leaf.Flag("--set", &flags->set,
            "Set any field of the object: PATH=VALUE, the value as YAML; may be repeated");
  leaf.TakesProgram();
}

void AddPrintRayJobFlags(Leaf& leaf, const std::string& noun, std::string* dry_run, std::string* output) {
  AddPrintMadeFlags(leaf, "Print the " + noun + " instead of making it; =server: the API server judges it",
                    dry_run, output);
}

Result<Json> NewRayJobSpec(CommandContext& context, const NewRayJobFlags& flags, const std::string& name,
                           const std::vector<std::string>& given) {
  if (!flags.ray_cluster.empty() && !given.empty())
    return Fail(ErrorCode::kUsage,
                "cannot use --" + given.front() + " with --ray-cluster: that cluster is there",
                "Give one of both.");
  Json cluster;
  if (flags.ray_cluster.empty()) {
    ASSIGN_OR_RETURN(cluster, ClusterSpecFor(context, flags.cluster, name));
  } else {
    cluster = SpecOfClusterThere(context, flags.ray_cluster);
  }
  ASSIGN_OR_RETURN(const JobRequest request, RequestFor(context, flags, cluster));
  return SpecOfRayJob(flags.fate, request, flags.ray_cluster, cluster);
}

shared::Status FinishNewObject(CommandContext& context, const NewRayJobFlags& flags,
                               const std::vector<std::string>& spec_path, Json* object) {
  for (const std::string& assignment : flags.set) TRY(Assign(*object, assignment));
  Json* spec = object;
  for (const std::string& member : spec_path) {
    if (!At(*spec, {member}).is_object())
      return Fail(ErrorCode::kUsage,
                  "cannot make a " + StringAt(*object, {"kind"}) + ": --set leaves it no " + member);
    spec = &(*spec)[member];
  }
  if (At(*spec, {"rayClusterSpec"}).is_object()) {
    Json settled = {{"spec", At(*spec, {"rayClusterSpec"})}};
    WriteQuantitiesAsText(&settled);
    SettlePods(&settled);
    (*spec)["rayClusterSpec"] = std::move(settled["spec"]);
    WarnOfStopHooks(At(*spec, {"rayClusterSpec"}), context.io);
  }
  return CheckNewObject(*object, context.io.err);
}

}  // namespace kubectl_ray
