#include <memory>

#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/jobs/follow_on_screen.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_outcome.h"

namespace kubectl_ray {

namespace {

struct WatchOptions {
  DashboardAddress dashboard;
  std::string job;
};

shared::Result<int> Watch(CommandContext& context, const WatchOptions& options) {
  ASSIGN_OR_RETURN(const FoundJob job, AwaitDashboard(context, options.dashboard, options.job));
  if (job.dashboard == nullptr) return PrintRayJobOutcome(context, job.ray_job);
  return FollowFound(context, job, false);
}

}  // namespace

void JobWatch(Leaf& leaf) {
  auto& flags = leaf.Flags<WatchOptions>();
  AddJobArgument(leaf, &flags.dashboard, &flags.job);
  leaf.ExitCodes({kExitOk, kExitJobFailed, kExitJobStopped, kExitDetached});
  leaf.Example("Do something once a job has succeeded",
               "kubectl ray job watch raysubmit_x1 --cluster demo && echo it succeeded");
  leaf.Run([&flags](CommandContext& context) { return Watch(context, flags); });
}

}  // namespace kubectl_ray
