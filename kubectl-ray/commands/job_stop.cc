#include <chrono>
#include <memory>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/dashboard_options.h"
#include "kubectl-ray/commands/job_follow.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::chrono::milliseconds kPollInterval(300);

struct StopOptions {
  DashboardOptions dashboard;
  std::string id;
  std::string timeout = "1m";
  bool no_wait = false;
};

Result<int> Stop(CommandContext& context, const StopOptions& options) {
  std::ostream& err = context.io.err;
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  ASSIGN_OR_RETURN(const auto dashboard, ConnectDashboard(context, options.dashboard, Deadline::After({})));
  const JobsClient& client = dashboard->jobs();
  err << "Attempting to stop job '" << options.id << "'" << std::endl;
  ASSIGN_OR_RETURN(const bool was_running, client.Stop(options.id));
  if (!was_running) err << "Job '" << options.id << "' was not running any more." << std::endl;
  if (options.no_wait) return static_cast<int>(kExitOk);
  if (was_running)
    err << "Waiting for job '" << options.id << "' to exit (disable with --no-wait):" << std::endl;
  const Deadline deadline = Deadline::After(timeout);
  while (true) {
    ASSIGN_OR_RETURN(const Job job, client.Get(options.id));
    if (IsOver(job.status)) {
      TellOutcome(context, client, job, true);
      return static_cast<int>(kExitOk);  // it does not run: what was asked for
    }
    if (deadline.passed()) {
      err << "error: job '" << options.id << "' has not exited yet: " << shared::EscapeControl(job.message)
          << std::endl;
      return static_cast<int>(kExitTimedOut);
    }
    if (context.interrupt.WaitFor(kPollInterval))
      return Fail(ErrorCode::kInterrupted, "interrupted; Ray goes on stopping job \"" + options.id + "\"");
  }
}

}  // namespace

void AddJobStop(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<StopOptions>();
  CLI::App* app = parent.add_subcommand(
      "stop", "Stop a job: SIGTERM to its processes, SIGKILL three seconds later, and wait for that");
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("ID", options->id, "Submission id or job id")->required();
  app->add_option("--timeout", options->timeout, "How long to wait for its end")->capture_default_str();
  app->add_flag("--no-wait", options->no_wait, "Do not wait for its end");
  table.Add(app, [options](CommandContext& context) { return Stop(context, *options); });
}

}  // namespace kubectl_ray
