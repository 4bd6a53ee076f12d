#include <chrono>
#include <memory>

#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/cli/print_error.h"
#include "kubectl-ray/commands/job_submit.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/jobs/ray_job_run.h"
#include "kubectl-ray/jobs/submission.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;

Result<Deadline> DeadlineOf(const char* flag, const std::string& text) {
  if (text.empty() || text == "0") return Deadline::Never();
  ASSIGN_OR_RETURN(const auto duration, shared::ParseDuration(flag, text));
  return Deadline::After(duration);
}

struct Deadlines {
  Deadline until = Deadline::Never();     // of this command
  Deadline job = Deadline::Never();       // of the job
  Deadline ready_by = Deadline::Never();  // of the cluster
};

Result<int> SubmitTo(CommandContext& context, const Dashboard& dashboard, const JobPlan& plan,
                     const SubmitFlags& options, const Deadlines& deadlines,
                     const std::string& ray_job = "") {
  return SubmitAndFollow(context, dashboard.jobs(), plan,
                         {.dashboard = options.dashboard,
                          .ray_job = ray_job,
                          .retries = options.retries,
                          .no_wait = options.no_wait,
                          .until = deadlines.until,
                          .job_deadline = deadlines.job});
}

Result<Deadlines> ReadDeadlines(const SubmitFlags& options) {
  Deadlines deadlines;
  ASSIGN_OR_RETURN(deadlines.until, DeadlineOf("--timeout", options.timeout));
  ASSIGN_OR_RETURN(deadlines.job, DeadlineOf("--deadline", options.deadline));
  ASSIGN_OR_RETURN(deadlines.ready_by, DeadlineOf("--cluster-timeout", options.cluster_timeout));
  deadlines.ready_by = deadlines.ready_by.Min(deadlines.until);
  return deadlines;
}

// A cluster that is not ready in time is an outcome of its own; nothing is deleted.
Result<int> NotReady(CommandContext& context, const shared::Error& error, const Deadlines& deadlines) {
  if (error.code != ErrorCode::kTimeout) return shared::Unexpected(error);
  PrintError(context.io, error);
  return deadlines.until.passed() ? kExitTimedOut : kExitClusterNotReady;
}

// A RayJob's new cluster has no pod for a moment. It never has one if the RayJob ends or is suspended first.
Result<std::unique_ptr<Dashboard>> ConnectNewCluster(CommandContext& context, const DashboardAddress& options,
                                                     const std::string& ray_job, Deadline ready_by) {
  while (true) {
    auto dashboard = ConnectDashboard(context, options, ready_by);
    if (dashboard) return dashboard;
    const ErrorCode why = dashboard.error().code;
    if (why == ErrorCode::kNotFound || why == ErrorCode::kConflict)
      TRY(CheckClusterWillCome(context, ray_job));
    if (why != ErrorCode::kNotFound || ready_by.passed()) return dashboard;
    if (context.interrupt.WaitFor(std::chrono::seconds(1)))
      return Fail(ErrorCode::kInterrupted,
                  "interrupted while waiting for cluster \"" + options.cluster + "\"");
  }
}

// Nothing runs in the RayJob yet: the error says what is left of it.
Result<int> RayJobNotReady(CommandContext& context, shared::Error error, const Deadlines& deadlines,
                           const std::string& name, const JobPlan& plan, bool has_own_name) {
  if (name.empty()) return NotReady(context, error, deadlines);
  if (error.code == ErrorCode::kConflict) {  // it is over before its cluster was there
    PrintError(context.io, error);
    return kExitClusterNotReady;
  }
  if (error.code == ErrorCode::kTimeout || error.code == ErrorCode::kInterrupted) {
    error.hint = "RayJob \"" + name +
                 "\" stays, and no job was submitted to it. Take it away: kubectl ray delete " + "rayjob/" +
                 name;
    if (has_own_name)
      error.hint += "\nOr go on, by the same command and --submission-id " + plan.request.submission_id;
  }
  return NotReady(context, error, deadlines);
}

Result<int> SubmitAsRayJob(CommandContext& context, SubmitFlags options, const JobPlan& plan,
                           const shared::Json& ray_job, const Deadlines& deadlines) {
  std::string name;
  Result<std::string> cluster = StartRayJob(context, ray_job, deadlines.ready_by, &name);
  const bool has_own_name = !shared::StringAt(ray_job, {"metadata", "name"}).empty();  // and no generateName
  if (!cluster) return RayJobNotReady(context, cluster.error(), deadlines, name, plan, has_own_name);
  if (options.dashboard.address.empty()) options.dashboard.cluster = *cluster;
  const auto dashboard = ConnectNewCluster(context, options.dashboard, name, deadlines.ready_by);
  if (!dashboard) return RayJobNotReady(context, dashboard.error(), deadlines, name, plan, has_own_name);
  const Result<int> code = SubmitTo(context, **dashboard, plan, options, deadlines, name);
  if (!code) return EndOfLostJob(context, name, code.error());
  if (options.no_wait || *code == kExitDetached || *code == kExitTimedOut || *code == kExitSubmissionRefused)
    return *code;
  return AwaitRayJobEnd(context, name, *code, deadlines.until);
}

// Prints what would be sent, or which files. Returns whether that is all there is to do.
bool OnlyShow(CommandContext& context, const SubmitFlags& options, const JobPlan& plan,
              const shared::Json& ray_job) {
  if (options.preview) PrintPreview(context.io.out, plan);
  if (options.dry_run && !ray_job.is_null()) context.io.out << DumpYaml(ray_job);
  if (options.dry_run && ray_job.is_null()) context.io.out << shared::DumpJson(ShownRequest(plan), 2) << '\n';
  return options.preview || options.dry_run;
}

Result<int> Submit(CommandContext& context, const SubmitFlags& options) {
  if (options.retries < 0) return Fail(ErrorCode::kUsage, "cannot use --retries: it is below 0");
  if (options.ray_job.given() && !options.dashboard.cluster.empty())
    return Fail(ErrorCode::kUsage,
                "cannot use --cluster with --filename or --name: a RayJob has a cluster of its own");
  if (!options.ray_job.given() && !options.ray_job.ports.empty())
    return Fail(ErrorCode::kUsage, "--ports says nothing without --name",
                "It is for the cluster of a RayJob: give it a --name.");
  ASSIGN_OR_RETURN(const Deadlines deadlines, ReadDeadlines(options));
  if (!options.ray_job.filename.empty() && !options.ray_job.name.empty())
    return Fail(ErrorCode::kUsage, "cannot use --filename and --name together");
  shared::Json ray_job, own_env;
  if (!options.ray_job.filename.empty()) {
    ASSIGN_OR_RETURN(ray_job, ReadRayJobFile(context, options.ray_job.filename));
  }
  if (const std::string text = shared::StringAt(ray_job, {"spec", "runtimeEnvYAML"}); !text.empty()) {
    ASSIGN_OR_RETURN(own_env, ParseYaml("spec.runtimeEnvYAML", text));
  }
  ASSIGN_OR_RETURN(const JobPlan plan, PlanJob(context, options.job, std::move(own_env)));
  if (plan.too_large && !options.preview) {
    PrintError(context.io, *plan.too_large);
    return kExitSubmissionRefused;
  }
  if (options.ray_job.given()) {
    ASSIGN_OR_RETURN(ray_job, RayJobFromFlags(context, options.ray_job, std::move(ray_job), plan.request));
  }
  if (options.job.submission_id.empty() && !options.preview)
    context.io.err << official::GeneratedSubmissionId(plan.request.submission_id) << std::endl;
  if (OnlyShow(context, options, plan, ray_job)) return kExitOk;
  if (options.ray_job.given()) return SubmitAsRayJob(context, options, plan, ray_job, deadlines);
  const auto dashboard = ConnectDashboard(context, options.dashboard, deadlines.ready_by);
  if (!dashboard) return NotReady(context, dashboard.error(), deadlines);
  return SubmitTo(context, **dashboard, plan, options, deadlines);
}

}  // namespace

void JobSubmit(Leaf& leaf) {
  auto& flags = leaf.Flags<SubmitFlags>();
  AddDashboardFlags(leaf, &flags.dashboard);
  AddJobFlags(leaf, &flags.job);
  AddRayJobFlags(leaf, &flags.ray_job);
  leaf.Flag("--cluster-timeout", &flags.cluster_timeout, "How long to wait for the cluster's head")
      ->capture_default_str();
  leaf.Flag("--timeout", &flags.timeout, "How long to wait for the job's end; it goes on then");
  leaf.Flag("--deadline", &flags.deadline, "How long the job may take before it is stopped");
  leaf.Flag("--retries", &flags.retries, "How often to submit it again after it failed");
  leaf.Flag("--no-wait", &flags.no_wait, "Do not follow the job");
  leaf.Flag("--dry-run", &flags.dry_run, "Print what would be sent, and send nothing");
  leaf.Flag("--preview", &flags.preview, "Print which files would be sent, and send nothing");
  leaf.Flag("--verbose", &flags.verbose, "Taken for the official plugin's sake; see -v");
  leaf.Flag("--log-style", &flags.log_style, "Taken for the official plugin's sake")->group("");
  leaf.Flag("--log-color", &flags.log_color, "Taken for the official plugin's sake")->group("");
  leaf.TakesProgram();
  leaf.ExitCodes({kExitOk, kExitJobFailed, kExitJobStopped, kExitSubmissionRefused, kExitClusterNotReady,
                  kExitTimedOut, kExitDetached});
  leaf.Example("A program with the files of this folder; a line for the shell",
               "kubectl ray job submit --cluster demo --working-dir . -- python train.py --lr 0.1",
               "kubectl ray job submit --cluster demo --shell 'python a.py && python b.py'");
  leaf.Example("On a cluster of its own, as a RayJob",
               "kubectl ray job submit --name sample --worker-replicas 3 --working-dir . -- python train.py",
               "kubectl ray job submit -f rayjob.yaml --working-dir . -- python train.py");
  leaf.Example("To a dashboard that is reached without Kubernetes",
               "kubectl ray job submit --address https://ray.example.com --ca ca.pem -- python train.py");
  leaf.Run([&flags](CommandContext& context) { return Submit(context, flags); });
}

}  // namespace kubectl_ray
