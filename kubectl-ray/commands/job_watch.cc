#include <memory>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/dashboard_options.h"
#include "kubectl-ray/commands/job_follow.h"

namespace kubectl_ray {

void AddJobWatch(CLI::App& parent, CommandTable& table) {
  struct WatchOptions {
    DashboardOptions dashboard;
    std::string id;
  };
  auto options = std::make_shared<WatchOptions>();
  CLI::App* app =
      parent.add_subcommand("watch", "Wait for a job's end without its output, and exit as it did");
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("ID", options->id, "Submission id or job id")->required();
  table.Add(app, [options](CommandContext& context) -> shared::Result<int> {
    ASSIGN_OR_RETURN(const auto dashboard,
                     ConnectDashboard(context, options->dashboard, shared::Deadline::After({})));
    return FollowOnScreen(context, dashboard->jobs(), options->id,
                          {.way_back = WayBack(context, options->dashboard), .show_output = false});
  });
}

}  // namespace kubectl_ray
