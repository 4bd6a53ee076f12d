#include <memory>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/dashboard_options.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

struct JobDeleteOptions {
  DashboardOptions dashboard;
  std::vector<std::string> ids;
};

Result<int> Delete(CommandContext& context, const JobDeleteOptions& options) {
  ASSIGN_OR_RETURN(const auto dashboard,
                   ConnectDashboard(context, options.dashboard, shared::Deadline::After({})));
  for (const std::string& id : options.ids) {
    ASSIGN_OR_RETURN(const Job job, dashboard->jobs().Get(id));
    if (!IsOver(job.status))
      return Fail(ErrorCode::kConflict, "cannot delete job \"" + id + "\": it is " + job.status_text,
                  "Stop it first: kubectl ray job stop " + id);
    TRY(dashboard->jobs().Delete(id));
    context.io.out << "Job '" << id << "' deleted successfully\n";
  }
  return static_cast<int>(kExitOk);
}

}  // namespace

void AddJobDelete(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<JobDeleteOptions>();
  CLI::App* app = parent.add_subcommand("delete", "Delete what Ray remembers of jobs that are over");
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("ID", options->ids, "Submission ids")->required();
  table.Add(app, [options](CommandContext& context) { return Delete(context, *options); });
}

}  // namespace kubectl_ray
