#include <memory>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/jobs/follow_on_screen.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_outcome.h"

namespace kubectl_ray {

void AddJobWatch(CLI::App& parent, CommandTable& table) {
  struct WatchOptions {
    DashboardAddress dashboard;
    std::string job;
  };
  auto options = std::make_shared<WatchOptions>();
  CLI::App* app =
      parent.add_subcommand("watch", "Wait for a job's end without its output, and exit as it did");
  AddJobArgument(*app, &options->dashboard, &options->job);
  app->footer("Examples:\n  kubectl ray job watch raysubmit_x1 --cluster demo && echo it succeeded");
  table.Add(app, [options](CommandContext& context) -> shared::Result<int> {
    ASSIGN_OR_RETURN(const FoundJob job, AwaitDashboard(context, options->dashboard, options->job));
    if (job.dashboard == nullptr) return PrintRayJobOutcome(context, job.ray_job);
    return FollowFound(context, job, false);
  });
}

}  // namespace kubectl_ray
