#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/dashboard_options.h"
#include "kubectl-ray/commands/job_request.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::Json;
using shared::Result;
using shared::StringAt;

constexpr std::chrono::milliseconds kWatchInterval(2000);
constexpr std::size_t kEntrypointWidth = 60;

struct JobListOptions {
  DashboardOptions dashboard;
  std::string id;  // of `get`; empty: all
  std::string output;
  std::vector<std::string> statuses;
  std::string since;  // started at most so long ago
  bool watch = false;
};

std::int64_t NowMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// A driver that was not submitted has no submission id.
std::string IdOf(const Json& job) {
  const std::string id = StringAt(job, {"submission_id"});
  return id.empty() ? StringAt(job, {"job_id"}) : id;
}

std::string AgeCell(const Json& job) {
  const std::int64_t start = IntAt(job, {"start_time"});
  if (start <= 0) return "<unknown>";
  return shared::FormatDuration(
      std::chrono::milliseconds(std::max<std::int64_t>(0, NowMilliseconds() - start)));
}

std::string DurationCell(const Json& job) {
  const std::int64_t start = IntAt(job, {"start_time"}), end = IntAt(job, {"end_time"});
  if (start <= 0) return "";
  return shared::FormatDuration(
      std::chrono::milliseconds(std::max<std::int64_t>(0, (end > 0 ? end : NowMilliseconds()) - start)));
}

std::string EntrypointCell(const Json& job) {
  std::string text = StringAt(job, {"entrypoint"});
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() <= kEntrypointWidth) return text;
  std::size_t end = kEntrypointWidth;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

std::vector<Column> JobColumns() {
  const auto text = [](const char* field) {
    return [field](const Json& job) { return StringAt(job, {field}); };
  };
  return {{"ID", IdOf},
          {"STATUS", text("status")},
          {"AGE", AgeCell},
          {"DURATION", DurationCell},
          {"ENTRYPOINT", EntrypointCell},
          {"TYPE", text("type"), true},
          {"JOB ID", text("job_id"), true},
          {"EXIT CODE",
           [](const Json& job) {
             return job.contains("driver_exit_code") && job["driver_exit_code"].is_number_integer()
                        ? std::to_string(IntAt(job, {"driver_exit_code"}))
                        : std::string();
           },
           true},
          {"MESSAGE",
           [](const Json& job) {
             const std::string message = StringAt(job, {"message"});
             return message.substr(0, message.find('\n'));
           },
           true}};
}

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

struct Filter {
  std::vector<std::string> statuses;
  std::chrono::milliseconds since{0};

  bool Passes(const Json& job) const {
    const std::string status = StringAt(job, {"status"});
    if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), status) == statuses.end())
      return false;
    return since.count() == 0 || IntAt(job, {"start_time"}) >= NowMilliseconds() - since.count();
  }
};

// Newest first.
Result<std::vector<Json>> Fetch(const JobsClient& client, const JobListOptions& options,
                                const Filter& filter) {
  std::vector<Json> jobs;
  if (!options.id.empty()) {
    ASSIGN_OR_RETURN(Json job, client.GetJson(options.id));
    jobs.push_back(HideSecrets(std::move(job)));
    return jobs;
  }
  ASSIGN_OR_RETURN(Json list, client.ListJson());
  for (Json& job : list)
    if (filter.Passes(job)) jobs.push_back(HideSecrets(std::move(job)));
  std::stable_sort(jobs.begin(), jobs.end(), [](const Json& a, const Json& b) {
    return IntAt(a, {"start_time"}) > IntAt(b, {"start_time"});
  });
  return jobs;
}

// Prints each job again when its status changes, until Ctrl-C or the reader is gone.
Result<int> WatchJobs(CommandContext& context, const JobsClient& client, const JobListOptions& options,
                      const Filter& filter, ListPrinter& printer) {
  std::map<std::string, std::string> told;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<Json> jobs, Fetch(client, options, filter));
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
      const std::string status = StringAt(*job, {"status"});
      if (std::exchange(told[IdOf(*job)], status) != status) printer.Add(std::move(*job));
    }
    printer.Flush();
    context.io.out.flush();
    if (!context.io.out.good()) return static_cast<int>(kExitOk);
    if (context.interrupt.WaitFor(kWatchInterval)) return static_cast<int>(kExitInterrupted);
  }
}

Result<int> List(CommandContext& context, JobListOptions options) {
  Filter filter;
  TRY(CheckStatuses(&options.statuses));
  filter.statuses = options.statuses;
  if (!options.since.empty()) {
    ASSIGN_OR_RETURN(filter.since, shared::ParseDuration("--since", options.since));
  }
  ListPrinter::Options print{
      .columns = JobColumns(), .single = !options.id.empty(), .nothing = "No jobs found."};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(options.output));
  const bool names = print.format.kind == OutputFormat::Kind::kName;
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  ASSIGN_OR_RETURN(const auto dashboard,
                   ConnectDashboard(context, options.dashboard, shared::Deadline::After({})));
  if (options.watch) return WatchJobs(context, dashboard->jobs(), options, filter, printer);
  ASSIGN_OR_RETURN(std::vector<Json> jobs, Fetch(dashboard->jobs(), options, filter));
  for (Json& job : jobs) {
    if (names) {
      context.io.out << shared::EscapeControl(IdOf(job)) << '\n';  // what the other job commands take
    } else {
      printer.Add(std::move(job));
    }
  }
  if (!names) printer.Finish();
  return static_cast<int>(kExitOk);
}

CLI::App* AddCommon(CLI::App& parent, CommandTable& table, const char* name, const char* help,
                    const std::shared_ptr<JobListOptions>& options) {
  CLI::App* app = parent.add_subcommand(name, help);
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("-o,--output", options->output,
                  "wide, json, yaml, name, jsonpath=EXPRESSION or custom-columns=SPEC");
  table.Add(app, [options](CommandContext& context) { return List(context, *options); });
  return app;
}

}  // namespace

void AddJobList(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<JobListOptions>();
  CLI::App* app = AddCommon(parent, table, "list", "List a cluster's jobs, newest first", options);
  app->add_option("--status", options->statuses, "Only jobs of this status; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',');
  app->add_option("--since", options->since, "Only jobs that started at most so long ago, such as 2h");
  app->add_flag("-w,--watch", options->watch, "Go on, and print a job again when its status changes");
  app->footer("RayJobs of the namespace, whatever their cluster: kubectl ray get job");
}

void AddJobGet(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<JobListOptions>();
  CLI::App* app = AddCommon(parent, table, "get", "Print one job", options);
  app->add_option("ID", options->id, "Submission id or job id")->required();
}

}  // namespace kubectl_ray
