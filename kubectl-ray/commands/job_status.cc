#include <memory>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/dashboard_options.h"
#include "kubectl-ray/commands/job_follow.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Result;

struct StatusOptions {
  DashboardOptions dashboard;
  std::string id;
};

Result<int> Status(CommandContext& context, const StatusOptions& options) {
  ASSIGN_OR_RETURN(const auto dashboard,
                   ConnectDashboard(context, options.dashboard, shared::Deadline::After({})));
  ASSIGN_OR_RETURN(const Job job, dashboard->jobs().Get(options.id));
  context.io.out << "Status for job '" << options.id << "': " << shared::EscapeControl(job.status_text)
                 << '\n';
  if (!job.message.empty())
    context.io.out << "Status message: " << shared::EscapeControl(job.message) << '\n';
  if (job.driver_exit_code) context.io.out << "Driver: " << DescribeExitCode(*job.driver_exit_code) << '\n';
  return static_cast<int>(kExitOk);
}

}  // namespace

void AddJobStatus(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* app = parent.add_subcommand("status", "Print a job's status and what Ray says about it");
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("ID", options->id, "Submission id or job id")->required();
  table.Add(app, [options](CommandContext& context) { return Status(context, *options); });
}

}  // namespace kubectl_ray
