#include "kubectl-ray/commands/create_cronjob.h"

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/cron_job.h"
#include "kubectl-ray/commands/new_cluster.h"
#include "kubectl-ray/kinds/ray_cron_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

// This machine has a database of time zones, so that a name that is not in it is none.
bool KnowsZones(const Environment& environment) {
  return ZoneOf({{"spec", {{"timeZone", "Europe/London"}}}}, environment).has_value();
}

shared::Status CheckTimeZone(const Json& cron_job, CommandContext& context) {
  if (ZoneOf(cron_job, context.environment) || !KnowsZones(context.environment)) return shared::Ok();
  return Fail(ErrorCode::kUsage,
              "cannot create RayCronJob \"" + shared::StringAt(cron_job, {"metadata", "name"}) +
                  "\": its spec.timeZone is \"" + shared::StringAt(cron_job, {"spec", "timeZone"}) +
                  "\", which is no time zone",
              "Give a name of the IANA database, as Europe/Berlin.");
}

// KubeRay 1.6 has no such field, and its API server refuses what it does not know.
Result<Json> MakeCronJob(const KubeClient& kube, const std::string& ns, const Json& cron_job, bool dry_run) {
  Result<Json> made = kube.Create(kRayCronJobs, ns, cron_job, {.dry_run = dry_run});
  if (made || made.error().message.find("spec.timeZone") == std::string::npos) return made;
  shared::Error error = made.error();
  error.hint =
      "KubeRay has time zones from 1.7 on. Leave out --time-zone, and give --schedule by the operator's "
      "own clock, which is UTC in KubeRay's image.";
  return shared::Unexpected(error);
}

void PrintNextRun(const Json& cron_job, CommandContext& context) {
  const CronJobReport report = ReadCronJob(cron_job, {}, ZoneOf(cron_job, context.environment), Now());
  if (report.suspended)
    context.io.err << "It is suspended: nothing runs before `kubectl ray resume raycronjob/" << report.name
                   << " -n " << report.ns << "`.\n";
  else
    context.io.err << shared::EscapeControl(DescribeNextRun(report, Now())) << '\n';
  context.io.err << std::flush;
}

Result<int> Run(const CreateCronJobFlags& flags, const std::vector<std::string>& cluster_flags,
                CommandContext& context) {
  TRY(CheckOutput(flags.output, flags.dry_run));
  TRY(CheckObjectName(kCronJobNames, flags.name));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  Json cron_job = {{"apiVersion", kRayCronJobs.ApiVersion()},
                   {"kind", kRayCronJobs.kind},
                   {"metadata", {{"name", flags.name}, {"namespace", ns}}},
                   {"spec", {{"schedule", flags.schedule}}}};
  if (!flags.time_zone.empty()) cron_job["spec"]["timeZone"] = flags.time_zone;
  if (flags.suspend) cron_job["spec"]["suspend"] = true;
  ASSIGN_OR_RETURN(cron_job["spec"]["jobTemplate"],
                   NewRayJobSpec(context, flags.job, flags.name, cluster_flags));
  TRY(FinishNewObject(context, flags.job, {"spec", "jobTemplate"}, &cron_job));
  TRY(CheckTimeZone(cron_job, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, ServerOf(context, RayCronJobKind(), flags.dry_run));
  if (flags.dry_run != "client") {
    ASSIGN_OR_RETURN(cron_job, MakeCronJob(*kube, ns, cron_job, flags.dry_run == "server"));
  }
  if (flags.dry_run != "none" || !flags.output.empty())
    PrintObjects(context.io, flags.output, {cron_job});
  else
    context.io.out << ObjectName(cron_job) << " created" << std::endl;
  PrintNextRun(cron_job, context);
  if (kube != nullptr) WarnIfNothingRuns(*kube, ns, context.io);
  return kExitOk;
}

}  // namespace

void CreateCronJob(Leaf& leaf) {
  auto& flags = leaf.Flags<CreateCronJobFlags>();
  leaf.Argument("NAME", &flags.name, "Name of the new RayCronJob", kNoNames)->required();
  leaf.Flag("--schedule", &flags.schedule,
            "When it runs: five fields as of cron, or @hourly, @daily, @every 90m and the like")
      ->required();
  leaf.Flag(
      "--time-zone", &flags.time_zone,
      "By the clocks of which zone, as Europe/Berlin (KubeRay 1.7); else the operator's own, UTC in its "
      "image");
  leaf.Flag("--suspend", &flags.suspend, "Make it, and start nothing until `resume`");
  AddNewRayJobFlags(leaf, &flags.job);
  AddPrintRayJobFlags(leaf, "RayCronJob", &flags.dry_run, &flags.output);
  leaf.Note(
      "Each run is a RayJob, with a cluster of its own unless --ray-cluster names one. KubeRay begins a run "
      "whether the one before has ended or not: no field forbids that. It needs the operator's feature gate "
      "RayCronJob.");
  leaf.Example("Every night at three, by the clocks of Berlin",
               "kubectl ray create cronjob night --schedule '0 3 * * *' --time-zone Europe/Berlin --image "
               "registry.example/report:7 -- python report.py");
  leaf.Example("Every ten minutes on a cluster that is there, submitted by the operator",
               "kubectl ray create cronjob probe --schedule '*/10 * * * *' --ray-cluster demo "
               "--submission-mode HTTPMode -- python probe.py");
  leaf.Example("Have it as a file, to keep and to apply",
               "kubectl ray create cronjob night --schedule @daily --dry-run -- python report.py");
  leaf.Run([&app = leaf.app(), &flags](CommandContext& context) {
    return Run(flags, ClusterFlagsGiven(app), context);
  });
}

}  // namespace kubectl_ray
