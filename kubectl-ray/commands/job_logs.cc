#include <memory>
#include <optional>

#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/jobs/follow_on_screen.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_outcome.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/logs/job_log.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

struct LogsOptions {
  DashboardAddress dashboard;
  std::string job;
  bool follow = false;
  std::int64_t tail = -1;
};

// If the dashboard fails, the pods may still have the output: Ray has died, or the driver's node has gone.
bool MayBeInPods(const shared::Error& error) {
  return error.code != ErrorCode::kInterrupted && error.code != ErrorCode::kAuth &&
         error.code != ErrorCode::kUsage;
}

Status FromPods(CommandContext& context, const FoundJob& job, std::optional<std::int64_t> lines,
                const std::function<bool(std::string_view)>& print) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  return ReadJobLog(*kube,
                    {.ns = ns,
                     .cluster = job.cluster,
                     .ray_job = shared::StringAt(job.ray_job, {"metadata", "name"}),
                     .submission_id = job.id},
                    lines, print);
}

Status FromDashboard(const FoundJob& found, std::optional<std::int64_t> lines,
                     const std::function<bool(std::string_view)>& print) {
  if (found.dashboard == nullptr) return Fail(ErrorCode::kUnavailable, found.why_no_dashboard);
  const JobsClient& client = found.dashboard->jobs();
  ASSIGN_OR_RETURN(const Job job, client.Get(found.id));
  if (job.submission_id.empty())
    return Fail(
        ErrorCode::kUsage,
        "cannot read the log of \"" + found.id + "\": it was not submitted to Ray as a job",
        "Its output went to the terminal that started it; `kubectl ray logs` has the workers' files.");
  return client.ReadLog(job, lines, print);
}

// Nothing is gone of a job that has not begun: what it waits for is said instead.
shared::Error ExplainNoPods(const FoundJob& job, const shared::Error& error) {
  if (error.code != ErrorCode::kNotFound || job.ray_job.is_null()) return error;
  const RayJobState state = ReadRayJobState(job.ray_job);
  if (state.over || state.deployment_status == "Running") return error;
  const std::string name = shared::StringAt(job.ray_job, {"metadata", "name"});
  return {error.code,
          "cannot find the output of RayJob \"" + name + "\", which is " +
              (state.deployment_status.empty() ? "new" : state.deployment_status),
          "`kubectl ray job logs -f rayjob/" + name + "` waits for it."};
}

Status Print(CommandContext& context, const FoundJob& job, std::optional<std::int64_t> lines) {
  bool printed = false;
  const auto print = [&](std::string_view bytes) {
    printed = true;
    context.io.out << bytes;
    return context.io.out.good();
  };
  const Status read = FromDashboard(job, lines, print);
  const bool on_kubernetes = !job.cluster.empty() || !job.ray_job.is_null();
  if (read || printed || !on_kubernetes || !MayBeInPods(read.error())) return read;
  const Status found = FromPods(context, job, lines, print);
  // Of two failures the first one says more, unless all pods are gone.
  if (found || printed) return found;
  if (found.error().code != ErrorCode::kNotFound) return read;
  return shared::Unexpected(ExplainNoPods(job, found.error()));
}

Result<int> Logs(CommandContext& context, const LogsOptions& options) {
  if (options.follow && options.tail >= 0)
    return Fail(ErrorCode::kUsage, "cannot use --follow and --tail together");
  if (!options.follow) {
    ASSIGN_OR_RETURN(const FoundJob job, FindJob(context, options.dashboard, options.job));
    TRY(Print(context, job, options.tail >= 0 ? std::optional(options.tail) : std::nullopt));
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const FoundJob job, AwaitDashboard(context, options.dashboard, options.job));
  if (job.dashboard != nullptr) return FollowFound(context, job, true);
  TRY(Print(context, job, std::nullopt));
  return PrintRayJobOutcome(context, job.ray_job);
}

}  // namespace

void JobLogs(Leaf& leaf) {
  auto& flags = leaf.Flags<LogsOptions>();
  AddJobArgument(leaf, &flags.dashboard, &flags.job);
  leaf.Flag("-f,--follow", &flags.follow, "Go on until the job is over, and exit as it did");
  leaf.Flag("--tail", &flags.tail, "Only so many lines from the end");
  leaf.ExitCodes({kExitOk, kExitJobFailed, kExitJobStopped, kExitDetached});
  leaf.Note(
      "If the dashboard does not answer any more, the output is read from the pods that are left: the "
      "driver's file, the pod by which KubeRay submitted the job, or what ray-init-agent wrote of it to its "
      "pod's log.");
  leaf.Example("A job's output until its end", "kubectl ray job logs -f raysubmit_x1 --cluster demo");
  leaf.Example("The end of what a RayJob's job has printed", "kubectl ray job logs rayjob/sample --tail 20");
  leaf.Run([&flags](CommandContext& context) { return Logs(context, flags); });
}

}  // namespace kubectl_ray
