#include <memory>
#include <optional>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/dashboard_options.h"
#include "kubectl-ray/commands/job_follow.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

struct LogsOptions {
  DashboardOptions dashboard;
  std::string id;
  bool follow = false;
  std::int64_t tail = -1;
};

Result<int> Logs(CommandContext& context, const LogsOptions& options) {
  ASSIGN_OR_RETURN(const auto dashboard,
                   ConnectDashboard(context, options.dashboard, shared::Deadline::After({})));
  const JobsClient& client = dashboard->jobs();
  if (options.follow && options.tail >= 0)
    return Fail(ErrorCode::kUsage, "cannot use --follow and --tail together");
  if (options.follow)
    return FollowOnScreen(context, client, options.id, {.way_back = WayBack(context, options.dashboard)});
  ASSIGN_OR_RETURN(const Job job, client.Get(options.id));
  if (job.submission_id.empty())
    return Fail(
        ErrorCode::kUsage,
        "cannot read the log of \"" + options.id + "\": it was not submitted to Ray as a job",
        "Its output went to the terminal that started it; `kubectl ray logs` has the workers' files.");
  const auto lines = options.tail >= 0 ? std::optional(options.tail) : std::nullopt;
  TRY(client.ReadLog(job, lines, [&](std::string_view bytes) {
    context.io.out << bytes;
    return context.io.out.good();
  }));
  return static_cast<int>(kExitOk);
}

}  // namespace

void AddJobLogs(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<LogsOptions>();
  CLI::App* app = parent.add_subcommand("logs", "Print a job's output; follow it with -f");
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("ID", options->id, "Submission id or job id")->required();
  app->add_flag("-f,--follow", options->follow, "Go on until the job is over, and exit as it did");
  app->add_option("--tail", options->tail, "Only so many lines from the end");
  table.Add(app, [options](CommandContext& context) { return Logs(context, *options); });
}

}  // namespace kubectl_ray
