#include <chrono>
#include <cstdlib>
#include <memory>

#include "kubectl-ray/cli/print_error.h"
#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_outcome.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/jobs/pending_reporter.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::StringAt;
using std::chrono::milliseconds;

constexpr milliseconds kPollInterval(300);
constexpr std::chrono::seconds kBeyondGracePeriod(60);
constexpr std::size_t kMaxSupervisorLogBytes = 65536;

struct StopOptions {
  DashboardAddress dashboard;
  std::string job;
  std::string timeout;
  bool no_wait = false;
};

// Between SIGTERM and SIGKILL: what the job was submitted with, else Ray's own.
milliseconds GracePeriodOf(const Json& job) {
  const std::string text = StringAt(job, {"runtime_env", "env_vars", kStopWaitVariable});
  const int seconds = std::atoi(text.c_str());
  return seconds > 0 ? std::chrono::seconds(seconds) : kRayStopWait;
}

// Which of the two ended it is only in its supervisor's log (job/job_supervisor.py), and not in its status.
void PrintHowItStopped(CommandContext& context, const JobsClient& client, const Job& job,
                       milliseconds grace) {
  std::string log;
  const Status read = client.ReadSupervisorLog(job, [&](std::string_view bytes) {
    shared::AppendUpTo(&log, bytes, kMaxSupervisorLogBytes);
    return true;
  });
  if (!read) return;
  if (log.find("has been terminated gracefully") != std::string::npos)
    context.io.err << "It ended within its grace period of " << shared::FormatDuration(grace) << ".\n";
  if (log.find("force-killed with SIGKILL") != std::string::npos)
    context.io.err << "It did not end within its grace period of " << shared::FormatDuration(grace)
                   << " and was killed; `job submit --stop-grace-period` gives more.\n";
}

// Up to 2.49 Ray waited for a job's supervisor without end (job_manager.py).
std::string HowItMayEnd(const JobsClient& client) {
  constexpr shared::RayRelease kLastThatWaits{2, 49};
  const auto release = client.Release();
  if (release && *release <= kLastThatWaits)
    return "Ray " + release->ToText() +
           " waits for it without end, and deletes no job before: give the cluster what the job asks for, or "
           "take "
           "the cluster away.";
  return "Ray gives up a job that has not begun within 15 minutes (RAY_JOB_START_TIMEOUT_SECONDS).";
}

// Waits for the end of a job that was asked to end.
Result<int> AwaitEnd(CommandContext& context, const FoundJob& found, milliseconds grace, Deadline deadline,
                     bool was_running) {
  const JobsClient& client = found.dashboard->jobs();
  while (true) {
    ASSIGN_OR_RETURN(const Job job, client.Get(found.id));
    if (IsOver(job.status)) {
      PrintOutcome(context, client, job, true);
      if (was_running && job.status == JobStatus::kStopped) PrintHowItStopped(context, client, job, grace);
      return kExitOk;  // it does not run: what was asked for
    }
    // Ray hears of it when the job begins, and deletes no job before.
    if (deadline.passed() && job.status == JobStatus::kPending) {
      PrintError(context.io, {ErrorCode::kTimeout,
                              "job \"" + found.id + "\" has not begun, and Ray stops it only when it does: " +
                                  ExplainPending(context, client, job, found.cluster),
                              HowItMayEnd(client)});
      return kExitTimedOut;
    }
    if (deadline.passed()) {
      context.io.err << "error: job '" << found.id
                     << "' has not exited yet: " << shared::EscapeControl(job.message) << std::endl;
      return kExitTimedOut;
    }
    if (context.interrupt.WaitFor(kPollInterval))
      return Fail(ErrorCode::kInterrupted, "interrupted; Ray goes on stopping job \"" + found.id + "\"");
  }
}

// A RayJob whose job is not there yet is suspended: KubeRay then takes its cluster away and submits nothing.
Result<int> SuspendRayJob(CommandContext& context, const FoundJob& job) {
  const std::string name = StringAt(job.ray_job, {"metadata", "name"});
  const RayJobState state = ReadRayJobState(job.ray_job);
  if (state.over) {
    context.io.err << "RayJob " << name
                   << " was not running any more: " << shared::EscapeControl(StatusName(state)) << std::endl;
    return kExitOk;
  }
  if (job.dashboard == nullptr && state.deployment_status == "Running")
    return Fail(
        ErrorCode::kUnavailable,
        "cannot stop the job of RayJob \"" + name + "\", which may have begun: " + job.why_no_dashboard,
        "`kubectl ray delete rayjob/" + name + "` takes it away, with its cluster if it has one of its own.");
  if (!shared::BoolAt(job.ray_job, {"spec", "shutdownAfterJobFinishes"}) ||
      !RayJobKind().cluster_of(job.ray_job).own)
    return Fail(ErrorCode::kConflict,
                "cannot stop RayJob \"" + name +
                    "\": its job has not begun, and KubeRay suspends none that keeps "
                    "its cluster",
                "Delete it: kubectl ray delete rayjob/" + name);
  if (const std::string queue = StringAt(job.ray_job, {"metadata", "labels", kQueueLabel}); !queue.empty())
    return Fail(ErrorCode::kConflict,
                "cannot stop RayJob \"" + name + "\": its job has not begun, and Kueue, whose queue \"" +
                    queue + "\" it is in, would resume it",
                "Delete it: kubectl ray delete rayjob/" + name);
  if (shared::BoolAt(job.ray_job, {"spec", "suspend"})) {
    context.io.err << "RayJob " << name << " is suspended already, and its job has not begun." << std::endl;
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  TRY(kube->Patch(kRayJobs, ns, name, {{"spec", {{"suspend", true}}}}, "application/merge-patch+json"));
  context.io.err << "Suspended RayJob " << name
                 << (state.deployment_status == "Retrying" ? ", which waited for its next attempt"
                                                           : ", whose job had not begun")
                 << "; its cluster goes away.\n"
                 << "It begins again with: kubectl ray resume rayjob/" << name << std::endl;
  return kExitOk;
}

Result<int> Stop(CommandContext& context, const StopOptions& options) {
  std::ostream& err = context.io.err;
  milliseconds timeout(0);
  if (!options.timeout.empty()) {
    ASSIGN_OR_RETURN(timeout, shared::ParseDuration("--timeout", options.timeout));
  }
  ASSIGN_OR_RETURN(const FoundJob found, FindJob(context, options.dashboard, options.job));
  if (found.dashboard == nullptr) return SuspendRayJob(context, found);
  const JobsClient& client = found.dashboard->jobs();
  const Result<Json> job = client.GetJson(found.id);
  if (!job && job.error().code == ErrorCode::kNotFound && !found.ray_job.is_null())
    return SuspendRayJob(context, found);
  if (!job) return shared::Unexpected(job.error());
  const milliseconds grace = GracePeriodOf(*job);
  err << "Attempting to stop job '" << found.id << "'" << std::endl;
  ASSIGN_OR_RETURN(const bool was_running, client.Stop(found.id));
  if (!was_running) err << "Job '" << found.id << "' was not running any more." << std::endl;
  if (options.no_wait) return kExitOk;
  if (was_running)
    err << "Waiting for job '" << found.id << "' to exit, at most " << shared::FormatDuration(grace)
        << " until it is killed (disable with --no-wait):" << std::endl;
  if (options.timeout.empty()) timeout = grace + kBeyondGracePeriod;
  return AwaitEnd(context, found, grace, Deadline::After(timeout), was_running);
}

}  // namespace

void JobStop(Leaf& leaf) {
  auto& flags = leaf.Flags<StopOptions>();
  AddJobArgument(leaf, &flags.dashboard, &flags.job);
  leaf.Flag("--timeout", &flags.timeout,
            "How long to wait for its end; else a minute more than its grace period");
  leaf.Flag("--no-wait", &flags.no_wait, "Do not wait for its end");
  leaf.ExitCodes({kExitOk, kExitTimedOut});
  leaf.Note(
      "The grace period is three seconds, or what `job submit --stop-grace-period` said. A RayJob whose job "
      "has not begun is suspended.");
  leaf.Example("Stop a job, and see how it ends", "kubectl ray job stop raysubmit_x1 --cluster demo");
  leaf.Example("Ask a RayJob's job to end, and do not wait", "kubectl ray job stop rayjob/sample --no-wait");
  leaf.Run([&flags](CommandContext& context) { return Stop(context, flags); });
}

}  // namespace kubectl_ray
