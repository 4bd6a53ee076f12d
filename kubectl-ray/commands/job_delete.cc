#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::chrono::seconds kJustEnded(20);
constexpr std::chrono::seconds kRebirth(5);
constexpr std::chrono::milliseconds kRebirthInterval(500);

struct JobDeleteOptions {
  DashboardAddress dashboard;
  std::vector<std::string> jobs;
};

// A RayJob goes with its cluster, if that is its own.
shared::Status DeleteRayJob(CommandContext& context, const FoundJob& job) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  TRY(kube->Delete(kRayJobs, ns, shared::StringAt(job.ray_job, {"metadata", "name"}),
                   {.precondition_uid = shared::StringAt(job.ray_job, {"metadata", "uid"})}));
  return shared::Ok();
}

// Whether Ray may still be looking after it. The clocks here and there may differ a little.
bool HasJustEnded(const Job& job) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return std::chrono::abs(now - std::chrono::milliseconds(job.end_time_ms)) < kJustEnded;
}

// Ray from 2.52 on looks after a job once a second, for a moment after its end too, and writes one that it no
// longer finds down as failed: such a job is deleted again.
shared::Status StayDeleted(CommandContext& context, const std::vector<FoundJob>& jobs) {
  const shared::Deadline watched = shared::Deadline::After(kRebirth);
  while (!jobs.empty() && !watched.passed()) {
    if (context.interrupt.WaitFor(kRebirthInterval))
      return Fail(ErrorCode::kInterrupted,
                  "interrupted while watching that Ray does not bring back what was deleted");
    for (const FoundJob& found : jobs) {
      const JobsClient& client = found.dashboard->jobs();
      const Result<Job> job = client.Get(found.id);
      if (!job && job.error().code != ErrorCode::kNotFound) return shared::Unexpected(job.error());
      if (job && IsOver(job->status)) TRY(client.Delete(found.id));
    }
  }
  return shared::Ok();
}

Result<int> Delete(CommandContext& context, const JobDeleteOptions& options) {
  std::vector<FoundJob> just_ended;
  for (const std::string& argument : options.jobs) {
    ASSIGN_OR_RETURN(FoundJob found, FindJob(context, options.dashboard, argument));
    ASSIGN_OR_RETURN(const Json record, RecordOfJob(found));
    ASSIGN_OR_RETURN(const Job job, ParseJob(record));
    if (!IsOver(job.status))
      return Fail(ErrorCode::kConflict, "cannot delete job \"" + argument + "\": it is " + job.status_text,
                  "Stop it first: kubectl ray job stop " + found.reference);
    if (IsRayJobName(argument)) {
      TRY(DeleteRayJob(context, found));
    } else if (found.dashboard == nullptr) {
      return Fail(ErrorCode::kNotFound, "cannot delete job \"" + argument + "\": " + found.why_no_dashboard);
    } else {
      TRY(found.dashboard->jobs().Delete(found.id));
      if (HasJustEnded(job)) {
        just_ended.push_back(std::move(found));
        continue;
      }
    }
    context.io.out << "Job '" << argument << "' deleted successfully" << std::endl;
  }
  TRY(StayDeleted(context, just_ended));
  for (const FoundJob& found : just_ended)
    context.io.out << "Job '" << found.id << "' deleted successfully" << std::endl;
  return kExitOk;
}

}  // namespace

void JobDelete(Leaf& leaf) {
  auto& flags = leaf.Flags<JobDeleteOptions>();
  AddJobsArgument(leaf, &flags.dashboard, &flags.jobs);
  leaf.Example("What a cluster remembers of a job", "kubectl ray job delete raysubmit_x1 --cluster demo");
  leaf.Example("A RayJob with its cluster", "kubectl ray job delete rayjob/sample");
  leaf.Run([&flags](CommandContext& context) { return Delete(context, flags); });
}

}  // namespace kubectl_ray
