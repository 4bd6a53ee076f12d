#include <chrono>
#include <memory>

#include "kubectl-ray/cli/app.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/commands/job_submit.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/jobs/follow_on_screen.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/jobs/ray_job_run.h"
#include "kubectl-ray/ray/submitter.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

Result<Deadline> DeadlineOf(const char* flag, const std::string& text) {
  if (text.empty() || text == "0") return Deadline::Never();
  ASSIGN_OR_RETURN(const auto duration, shared::ParseDuration(flag, text));
  return Deadline::After(duration);
}

void TellSubmitted(CommandContext& context, const std::string& id, const std::string& reference,
                   bool no_wait) {
  std::ostream& err = context.io.err;
  const std::string text = "Job '" + id + "' submitted successfully";
  const std::string line(text.size(), '-');
  err << '\n' << line << '\n' << text << '\n' << line << "\n\nNext steps\n";
  const auto step = [&](const char* what, const char* command) {
    err << "  " << what << "\n    kubectl ray job " << command << ' ' << reference << '\n';
  };
  step("Query the logs of the job:", "logs");
  step("Query the status of the job:", "status");
  step("Request the job to be stopped:", "stop");
  if (!no_wait) err << "\nTailing logs until the job exits (disable with --no-wait):\n";
  err << std::flush;
}

// Exit codes of what goes wrong before the job is there; anything else is an error as of every command.
Result<int> Refused(CommandContext& context, const shared::Error& error) {
  if (error.code == ErrorCode::kInterrupted || error.code == ErrorCode::kAuth ||
      error.code == ErrorCode::kUnavailable)
    return shared::Unexpected(error);
  PrintError(context.io, error);
  return static_cast<int>(kExitSubmissionRefused);
}

// Ctrl-C cut the request off, and the job was not there yet.
shared::Unexpected<shared::Error> MayArrive(shared::Error error, const std::string& reference) {
  error.hint = "It may still arrive. See whether it did: kubectl ray job status " + reference +
               "\nAnd stop it then: kubectl ray job stop " + reference;
  return shared::Unexpected(std::move(error));
}

struct Deadlines {
  Deadline until = Deadline::Never();     // of this command
  Deadline job = Deadline::Never();       // of the job
  Deadline ready_by = Deadline::Never();  // of the cluster
};

class Submission {
 public:
  // `ray_job`: its name, where it is one: it leads to the job also when its cluster is gone.
  Submission(CommandContext& context, const SubmitFlags& options, const JobsClient& client,
             const Deadlines& deadlines, std::string ray_job = "")
      : context_(context),
        options_(options),
        client_(client),
        until_(deadlines.until),
        job_deadline_(deadlines.job),
        ray_job_(std::move(ray_job)) {}

  Result<int> Run(const JobPlan& plan) {
    if (Status known = CheckRelease(client_, plan); !known) return Refused(context_, known.error());
    if (Status sent = SendPackages(context_, client_, plan, until_); !sent)
      return Refused(context_, sent.error());
    JobRequest request = plan.request;
    for (int attempt = 0;; ++attempt) {
      if (attempt > 0)
        request.submission_id = plan.request.submission_id + "-retry" + std::to_string(attempt);
      ASSIGN_OR_RETURN(const int code, RunOnce(request));
      if (code != kExitJobFailed || attempt >= options_.retries || options_.no_wait) return code;
      context_.io.err << "Trying again: " << attempt + 1 << " of " << options_.retries << " retries."
                      << std::endl;
    }
  }

 private:
  Result<int> RunOnce(const JobRequest& request) {
    std::string told;
    const Status submitted =
        SubmitOnce(client_, request, until_.Min(Deadline::After(std::chrono::minutes(2))), context_.interrupt,
                   [&](const shared::Error& cause) {
                     if (std::exchange(told, cause.message) == cause.message) return;
                     context_.io.err << "Submitting again, once it is sure that the job is not there: "
                                     << shared::EscapeControl(cause.message) << std::endl;
                   });
    DashboardAddress address_alone;
    address_alone.address = options_.dashboard.address;
    const std::string reference = ray_job_.empty()
                                      ? Reference(context_, options_.dashboard, request.submission_id)
                                      : Reference(context_, address_alone, "rayjob/" + ray_job_);
    if (!submitted && submitted.error().code == ErrorCode::kInterrupted)
      return MayArrive(submitted.error(), reference);
    if (!submitted) return Refused(context_, submitted.error());
    TellSubmitted(context_, request.submission_id, reference, options_.no_wait);
    if (options_.no_wait) {
      context_.io.out << "Ray job submitted with ID " << request.submission_id << '\n';
      return static_cast<int>(kExitOk);
    }
    const FollowScreen screen{.reference = reference,
                              .cluster = options_.dashboard.cluster,
                              .submitted = true,
                              .deadline = until_.Min(job_deadline_)};
    ASSIGN_OR_RETURN(const int code, FollowOnScreen(context_, client_, request.submission_id, screen));
    if (code != kExitTimedOut || !job_deadline_.passed()) return code;
    TRY(client_.Stop(request.submission_id));
    context_.io.err << "Its --deadline is over: asked Ray to stop job '" << request.submission_id << "'."
                    << std::endl;
    return code;
  }

  CommandContext& context_;
  const SubmitFlags& options_;
  const JobsClient& client_;
  const Deadline until_;
  const Deadline job_deadline_;
  const std::string ray_job_;
};

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
  return static_cast<int>(deadlines.until.passed() ? kExitTimedOut : kExitClusterNotReady);
}

// A RayJob's cluster has no pod yet for a moment; nor ever, where the RayJob ends or is suspended first.
Result<std::unique_ptr<Dashboard>> ConnectNewCluster(CommandContext& context, const DashboardAddress& options,
                                                     const std::string& ray_job, Deadline ready_by) {
  while (true) {
    auto dashboard = ConnectDashboard(context, options, ready_by);
    if (dashboard || dashboard.error().code != ErrorCode::kNotFound || ready_by.passed()) return dashboard;
    TRY(CheckRayJobGoesOn(context, ray_job));
    if (context.interrupt.WaitFor(std::chrono::seconds(1)))
      return Fail(ErrorCode::kInterrupted,
                  "interrupted while waiting for cluster \"" + options.cluster + "\"");
  }
}

// Nothing runs in the RayJob yet: says what is left of it.
Result<int> RayJobNotReady(CommandContext& context, shared::Error error, const Deadlines& deadlines,
                           const std::string& name, const JobPlan& plan, bool has_own_name) {
  if (name.empty()) return NotReady(context, error, deadlines);
  if (error.code == ErrorCode::kConflict) {  // it is over before its cluster was there
    PrintError(context.io, error);
    return static_cast<int>(kExitClusterNotReady);
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
  const Result<int> code = Submission(context, options, (*dashboard)->jobs(), deadlines, name).Run(plan);
  if (!code) return EndBehindCluster(context, name, code.error());
  if (options.no_wait || *code == kExitDetached || *code == kExitTimedOut || *code == kExitSubmissionRefused)
    return *code;
  return AwaitRayJob(context, name, *code, deadlines.until);
}

// What would be sent, and the files that would go with it; true: that is all there is to do.
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
  if (options.ray_job.given()) {
    ASSIGN_OR_RETURN(ray_job, RayJobFromFlags(context, options.ray_job, std::move(ray_job), plan.request));
  }
  if (options.job.submission_id.empty() && !options.preview)
    context.io.err << official::GeneratedSubmissionId(plan.request.submission_id) << std::endl;
  if (OnlyShow(context, options, plan, ray_job)) return static_cast<int>(kExitOk);
  if (options.ray_job.given()) return SubmitAsRayJob(context, options, plan, ray_job, deadlines);
  const auto dashboard = ConnectDashboard(context, options.dashboard, deadlines.ready_by);
  if (!dashboard) return NotReady(context, dashboard.error(), deadlines);
  return Submission(context, options, (*dashboard)->jobs(), deadlines).Run(plan);
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
