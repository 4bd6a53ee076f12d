#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_columns.h"
#include "kubectl-ray/jobs/job_record.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/jobs/job_sources.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::StringAt;

constexpr std::chrono::milliseconds kWatchInterval(2000);

struct JobListOptions {
  DashboardAddress dashboard;
  std::string job;  // of `get`; empty: all
  std::string output;
  std::vector<std::string> statuses;
  std::string since;  // started at most so long ago
  bool watch = false;
};

shared::Status CheckStatuses(std::vector<std::string>* statuses) {
  for (std::string& status : *statuses) {
    std::transform(status.begin(), status.end(), status.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    if (ParseJobStatus(status) == JobStatus::kUnknown)
      return Fail(ErrorCode::kUsage, "cannot use --status \"" + status + "\": Ray has no such status",
                  "It has pending, running, stopped, succeeded and failed.");
  }
  return shared::Ok();
}

Result<int> Get(CommandContext& context, const JobListOptions& options, ListPrinter& printer) {
  ASSIGN_OR_RETURN(const FoundJob job, FindJob(context, options.dashboard, options.job));
  ASSIGN_OR_RETURN(Json record, RecordOfJob(job));
  printer.Add(HideSecrets(std::move(record)));
  printer.Finish();
  return kExitOk;
}

// Prints each job again when its status changes, until Ctrl-C or the reader is gone.
Result<int> WatchJobs(CommandContext& context, JobSources& sources, const JobFilter& filter,
                      ListPrinter& printer) {
  std::map<std::string, std::string> printed;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<Json> jobs, sources.Fetch(filter));
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
      const std::string status = StringAt(*job, {"status"});
      if (std::exchange(printed[NameOf(*job)], status) != status) printer.Add(std::move(*job));
    }
    printer.Flush();
    context.io.out.flush();
    if (!context.io.out.good()) return kExitOk;
    if (context.interrupt.WaitFor(kWatchInterval)) return kExitInterrupted;
  }
}

Result<int> List(CommandContext& context, JobListOptions options) {
  JobFilter filter;
  TRY(CheckStatuses(&options.statuses));
  filter.statuses = options.statuses;
  if (!options.since.empty()) {
    ASSIGN_OR_RETURN(filter.since, shared::ParseDuration("--since", options.since));
  }
  ListPrinter::Options print{.columns = JobRecordColumns(),
                             .single = !options.job.empty(),
                             .watch = options.watch,
                             .nothing = "No jobs found.",
                             .name = NameOf};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(options.output));
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  if (!options.job.empty()) return Get(context, options, printer);
  JobSources sources(context, options.dashboard);
  if (options.watch) return WatchJobs(context, sources, filter, printer);
  ASSIGN_OR_RETURN(std::vector<Json> jobs, sources.Fetch(filter));
  for (Json& job : jobs) printer.Add(std::move(job));
  printer.Finish();
  return kExitOk;
}

void AddOutput(CLI::App& app, CommandTable& table, const std::shared_ptr<JobListOptions>& options) {
  app.add_option("-o,--output", options->output,
                 "wide, json, yaml, name, jsonpath=EXPRESSION or custom-columns=SPEC");
  table.Add(&app, [options](CommandContext& context) { return List(context, *options); });
}

}  // namespace

void AddJobList(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<JobListOptions>();
  CLI::App* app = parent.add_subcommand(
      "list", "List jobs, newest first: what the clusters' dashboards know, and RayJobs");
  AddDashboardFlags(*app, &options->dashboard);
  AddOutput(*app, table, options);
  app->add_option("--status", options->statuses, "Only jobs of this status; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',');
  app->add_option("--since", options->since, "Only jobs that started at most so long ago, such as 2h");
  app->add_flag("-w,--watch", options->watch, "Go on, and print a job again when its status changes");
  app->footer(
      "With neither --cluster nor --address: of all clusters of the namespace. The ID is what the other "
      "commands take;"
      "\na RayJob whose job no dashboard knows (yet, or any more) is rayjob/NAME.\n\n"
      "Examples:\n"
      "  kubectl ray job list --status running,pending\n"
      "  kubectl ray job list --cluster demo --since 2h -o wide");
}

void AddJobGet(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<JobListOptions>();
  CLI::App* app = parent.add_subcommand("get", "Print one job");
  AddJobArgument(*app, &options->dashboard, &options->job);
  AddOutput(*app, table, options);
}

}  // namespace kubectl_ray
