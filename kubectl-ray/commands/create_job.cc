#include "kubectl-ray/commands/create_job.h"

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/cron_job.h"
#include "kubectl-ray/commands/new_cluster.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kinds/ray_cron_job.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/names.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

// What the command prints of a RayJob that was made, or would be.
void PrintJob(CommandContext& context, const CreateJobFlags& flags, const Json& ray_job) {
  if (flags.dry_run != "none" || !flags.output.empty()) {
    PrintObjects(context.io, flags.output, {ray_job});
    return;
  }
  context.io.out << ObjectName(ray_job) << " created" << std::endl;
  context.io.err << "`kubectl ray job logs -f rayjob/" << shared::StringAt(ray_job, {"metadata", "name"})
                 << " -n " << shared::StringAt(ray_job, {"metadata", "namespace"}) << "` follows it."
                 << std::endl;
}

Result<int> RunCronJobNow(const CreateJobFlags& flags, CommandContext& context) {
  if (context.global.program || flags.job != NewRayJobFlags())
    return Fail(ErrorCode::kUsage,
                "cannot use --from with a program or with flags of a job: the RayCronJob's "
                "template is what runs",
                "Leave them out, or leave out --from.");
  ASSIGN_OR_RETURN(const Target target, ParseTarget(flags.from));
  if (target.kind != &RayCronJobKind())
    return Fail(ErrorCode::kUsage, "cannot make a job from " + ToString(target) + ": it is no RayCronJob",
                "Give --from cronjob/NAME; `kubectl ray get cronjob` lists them.");
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Json cron_job, FindObject(*kube, ns, target));
  Json ray_job = RayJobOfTemplate(cron_job, flags.name);
  if (shared::StringAt(ray_job, {"spec", "submissionMode"}) == "InteractiveMode")
    return Fail(
        ErrorCode::kConflict,
        "cannot run " + ToString(target) + ": with submissionMode InteractiveMode nobody submits its job",
        "Set spec.jobTemplate.submissionMode to K8sJobMode, HTTPMode or SidecarMode.");
  if (flags.dry_run != "client") {
    ASSIGN_OR_RETURN(ray_job, kube->Create(kRayJobs, ns, ray_job, {.dry_run = flags.dry_run == "server"}));
  }
  PrintJob(context, flags, ray_job);
  return kExitOk;
}

Result<int> CreateNewJob(const CreateJobFlags& flags, const std::vector<std::string>& cluster_flags,
                         CommandContext& context) {
  if (flags.name.empty())
    return Fail(ErrorCode::kUsage, "cannot create a RayJob without a name",
                "Give NAME, or --from cronjob/NAME to run a RayCronJob now.");
  TRY(CheckObjectName(kJobNames, flags.name));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  Json ray_job = {{"apiVersion", kRayJobs.ApiVersion()},
                  {"kind", kRayJobs.kind},
                  {"metadata", {{"name", flags.name}, {"namespace", ns}}}};
  ASSIGN_OR_RETURN(ray_job["spec"], NewRayJobSpec(context, flags.job, flags.name, cluster_flags));
  TRY(FinishNewObject(context, flags.job, {"spec"}, &ray_job));
  ASSIGN_OR_RETURN(const KubeClient* kube, ServerOf(context, RayJobKind(), flags.dry_run));
  if (flags.dry_run != "client") {
    ASSIGN_OR_RETURN(ray_job, kube->Create(kRayJobs, ns, ray_job, {.dry_run = flags.dry_run == "server"}));
  }
  PrintJob(context, flags, ray_job);
  return kExitOk;
}

Result<int> Run(const CreateJobFlags& flags, const std::vector<std::string>& cluster_flags,
                CommandContext& context) {
  TRY(CheckOutput(flags.output, flags.dry_run));
  return flags.from.empty() ? CreateNewJob(flags, cluster_flags, context) : RunCronJobNow(flags, context);
}

std::set<std::string> CronJobTargets(const KubeClient& kube, const std::string& ns) {
  std::set<std::string> targets;
  for (const std::string& name : NamesOfKind(RayCronJobKind(), kube, ns)) targets.insert("cronjob/" + name);
  return targets;
}

}  // namespace

void CreateJob(Leaf& leaf) {
  auto& flags = leaf.Flags<CreateJobFlags>();
  leaf.Argument("NAME", &flags.name, "Name of the new RayJob; with --from it may be left out", kNoNames);
  leaf.Flag("--from", &flags.from, "Run this RayCronJob now: cronjob/NAME", CronJobTargets);
  AddNewRayJobFlags(leaf, &flags.job);
  AddPrintRayJobFlags(leaf, "RayJob", &flags.dry_run, &flags.output);
  leaf.Note(
      "KubeRay makes the job's cluster and submits the job itself: nothing of this machine is needed any "
      "more, "
      "and nothing of it is uploaded. `kubectl ray job submit` uploads a directory, and `--name` there makes "
      "a RayJob for it.");
  leaf.Note(
      "A run that is made by --from counts among the RayCronJob's: `status` lists it, and it is deleted with "
      "it. The schedule goes on as it was, and a suspended RayCronJob stays suspended.");
  leaf.Example("A job of the image's own code, tried three times at most, on a cluster that goes with it",
               "kubectl ray create job train --image registry.example/train:7 --worker-replicas 3 "
               "--backoff-limit 2 -- python train.py");
  leaf.Example("A job on a cluster that is there, submitted by the operator",
               "kubectl ray create job report --ray-cluster demo --submission-mode HTTPMode -- python "
               "report.py");
  leaf.Example("Keep the workers of a job that failed for an hour, and delete all of one that succeeded",
               "kubectl ray create job train --deletion-rule SUCCEEDED:DeleteSelf --deletion-rule "
               "FAILED:DeleteWorkers:3600 -- python train.py");
  leaf.Example("Run a RayCronJob now, as `kubectl create job --from` does",
               "kubectl ray create job --from cronjob/night");
  leaf.Example("Run it now under a name, and follow it",
               "kubectl ray create job night-again --from cronjob/night && kubectl ray job logs -f "
               "rayjob/night-again");
  leaf.Run([&app = leaf.app(), &flags](CommandContext& context) {
    return Run(flags, ClusterFlagsGiven(app), context);
  });
}

}  // namespace kubectl_ray
