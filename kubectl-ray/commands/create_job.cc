#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/cron_job.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kinds/ray_cron_job.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

struct CreateJobFlags {
  std::string name;
  std::string from;
  std::string dry_run = "none";
  std::string output;
};

shared::Result<int> RunCronJobNow(const CreateJobFlags& flags, CommandContext& context) {
  TRY(CheckOutput(flags.output, flags.dry_run));
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
  const std::string name = shared::StringAt(ray_job, {"metadata", "name"});
  if (flags.dry_run != "none" || !flags.output.empty()) {
    PrintObjects(context.io, flags.output, {ray_job});
  } else {
    context.io.out << ObjectName(ray_job) << " created" << std::endl;
    context.io.err << "`kubectl ray job logs -f rayjob/" << name << " -n " << ns << "` follows it."
                   << std::endl;
  }
  return kExitOk;
}

std::set<std::string> CronJobTargets(const KubeClient& kube, const std::string& ns) {
  std::set<std::string> targets;
  for (const std::string& name : NamesOfKind(RayCronJobKind(), kube, ns)) targets.insert("cronjob/" + name);
  return targets;
}

}  // namespace

void CreateJob(Leaf& leaf) {
  auto& flags = leaf.Flags<CreateJobFlags>();
  leaf.Argument("NAME", &flags.name, "Name of the new RayJob; made of the RayCronJob's if it is not given",
                kNoNames);
  leaf.Flag("--from", &flags.from, "The RayCronJob to run now: cronjob/NAME", CronJobTargets)->required();
  leaf.app().add_flag("--dry-run{client}", flags.dry_run,
                      "Print the RayJob instead of making it; =server: the API server judges it");
  leaf.Flag("-o,--output", &flags.output, "Print what was made: yaml, json or name");
  leaf.Note(
      "The run counts among the RayCronJob's: `status` lists it, and it is deleted with it. The schedule "
      "goes on "
      "as it was, and a suspended RayCronJob stays suspended. A job that is no RayCronJob's is made by "
      "`kubectl ray job submit`.");
  leaf.Example("Run it now, as `kubectl create job --from` does",
               "kubectl ray create job --from cronjob/night");
  leaf.Example("Run it now under a name, and follow it",
               "kubectl ray create job night-again --from cronjob/night && kubectl ray job logs -f "
               "rayjob/night-again");
  leaf.Run([&flags](CommandContext& context) { return RunCronJobNow(flags, context); });
}

}  // namespace kubectl_ray
