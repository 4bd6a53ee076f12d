#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/commands/job_list.h"
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

Result<int> Get(CommandContext& context, const JobListFlags& options, ListPrinter& printer) {
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

Result<int> List(CommandContext& context, JobListFlags options) {
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

void AddOutput(Leaf& leaf, JobListFlags* flags) {
  leaf.Flag("-o,--output", &flags->output,
            "wide, json, yaml, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...");
}

}  // namespace

void JobList(Leaf& leaf) {
  auto& flags = leaf.Flags<JobListFlags>();
  AddDashboardFlags(leaf, &flags.dashboard);
  AddOutput(leaf, &flags);
  leaf.Flag("--status", &flags.statuses, "Only jobs of this status; may be repeated")->delimiter(',');
  leaf.Flag("--since", &flags.since, "Only jobs that started at most so long ago, such as 2h");
  leaf.Flag("-w,--watch", &flags.watch, "Go on, and print a job again when its status changes");
  leaf.Note(
      "With neither --cluster nor --address: of all clusters of the namespace. The ID is what the other "
      "commands take; a RayJob whose job no dashboard knows (yet, or any more) is rayjob/NAME.");
  leaf.Example("What runs and what waits, in all clusters of the namespace",
               "kubectl ray job list --status running,pending");
  leaf.Example("What one cluster began in the last two hours",
               "kubectl ray job list --cluster demo --since 2h -o wide");
  leaf.Run([&flags](CommandContext& context) { return List(context, flags); });
}

void JobGet(Leaf& leaf) {
  auto& flags = leaf.Flags<JobListFlags>();
  AddJobArgument(leaf, &flags.dashboard, &flags.job);
  AddOutput(leaf, &flags);
  leaf.Example("One line of a job; all that is known of it",
               "kubectl ray job get raysubmit_x1 --cluster demo",
               "kubectl ray job get rayjob/sample -o yaml");
  leaf.Run([&flags](CommandContext& context) { return List(context, flags); });
}

}  // namespace kubectl_ray
