#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>

#include "kubectl-ray/cli/list_printer.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/commands/job_list.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_record.h"
#include "kubectl-ray/jobs/job_request.h"
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

std::int64_t NowMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
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

std::vector<Column> RecordColumns() {
  const auto text = [](const char* field) {
    return [field](const Json& job) { return StringAt(job, {field}); };
  };
  return {{"ID", NameOf},
          {"STATUS", text("status")},
          {"AGE", AgeCell},
          {"DURATION", DurationCell},
          {"CLUSTER", text("ray_cluster")},
          {"RAYJOB", text("ray_job")},
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
           [](const Json& job) { return std::string(shared::FirstLine(StringAt(job, {"message"}))); }, true}};
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

// The dashboard's jobs, as records.
shared::Status AddJobs(const Dashboard& dashboard, const std::string& cluster, const Filter& filter,
                       std::vector<Json>* records) {
  ASSIGN_OR_RETURN(Json list, dashboard.jobs().ListJson());
  for (Json& job : list) {
    if (!filter.Passes(job)) continue;
    records->push_back(HideSecrets(std::move(job)));
    if (!cluster.empty()) records->back()["ray_cluster"] = cluster;
  }
  return shared::Ok();
}

// What lists: dashboards, each connected once, and the namespace's RayJobs.
class Sources {
 public:
  Sources(CommandContext& context, const DashboardAddress& options) : context_(context), options_(options) {}

  // Newest first. If other jobs are listed too, a cluster that does not answer gets one warning on io.err.
  Result<std::vector<Json>> Fetch(const Filter& filter) {
    std::vector<Json> records, ray_jobs;
    if (options_.address.empty()) {
      ASSIGN_OR_RETURN(ray_jobs, RayJobs());
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> clusters, Clusters());
    for (const std::string& cluster : clusters) {
      const shared::Status added = AddJobsOf(cluster, filter, &records);
      if (added) continue;
      const bool others = clusters.size() > 1 || !ray_jobs.empty() || options_.cluster.empty();
      if (added.error().code == ErrorCode::kInterrupted || !options_.address.empty() || !others)
        return shared::Unexpected(added.error());
      dashboards_.erase(cluster);
      if (warned_.insert(cluster).second)
        context_.io.err << "warning: cannot list what the dashboard of cluster " << cluster
                        << " knows: " << shared::EscapeControl(added.error().message) << std::endl;
    }
    records = MergeRecords(std::move(records), ray_jobs);
    std::erase_if(records, [&](const Json& record) { return !filter.Passes(record); });
    std::stable_sort(records.begin(), records.end(), [](const Json& a, const Json& b) {
      return IntAt(a, {"start_time"}) > IntAt(b, {"start_time"});
    });
    return records;
  }

 private:
  // "" stands for --address.
  Result<std::vector<std::string>> Clusters() {
    if (!options_.address.empty() || !options_.cluster.empty()) return std::vector{options_.cluster};
    ASSIGN_OR_RETURN(const KubeClient* kube, context_.Kube());
    ASSIGN_OR_RETURN(const std::string ns, context_.Namespace());
    return ListClusterNames(*kube, ns);
  }

  Result<std::vector<Json>> RayJobs() {
    ASSIGN_OR_RETURN(const KubeClient* kube, context_.Kube());
    ASSIGN_OR_RETURN(const std::string ns, context_.Namespace());
    std::vector<Json> ray_jobs;
    TRY(EachRayJob(*kube, ns, [&](Json ray_job) {
      const std::string cluster = StringAt(ray_job, {"status", "rayClusterName"});
      if (options_.cluster.empty() || cluster == options_.cluster) ray_jobs.push_back(std::move(ray_job));
      return true;
    }));
    return ray_jobs;
  }

  shared::Status AddJobsOf(const std::string& cluster, const Filter& filter, std::vector<Json>* records) {
    std::unique_ptr<Dashboard>& dashboard = dashboards_[cluster];
    if (dashboard == nullptr) {
      DashboardAddress options = options_;
      options.cluster = cluster;
      ASSIGN_OR_RETURN(dashboard, ConnectDashboard(context_, options));
    }
    return AddJobs(*dashboard, cluster, filter, records);
  }

  CommandContext& context_;
  const DashboardAddress& options_;
  std::map<std::string, std::unique_ptr<Dashboard>> dashboards_;
  std::set<std::string> warned_;  // clusters that did not answer
};

Result<int> Get(CommandContext& context, const JobListFlags& options, ListPrinter& printer) {
  ASSIGN_OR_RETURN(const FoundJob job, FindJob(context, options.dashboard, options.job));
  ASSIGN_OR_RETURN(Json record, RecordOfJob(job));
  printer.Add(HideSecrets(std::move(record)));
  printer.Finish();
  return kExitOk;
}

// Prints each job again when its status changes, until Ctrl-C or the reader is gone.
Result<int> WatchJobs(CommandContext& context, Sources& sources, const Filter& filter, ListPrinter& printer) {
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
  Filter filter;
  TRY(CheckStatuses(&options.statuses));
  filter.statuses = options.statuses;
  if (!options.since.empty()) {
    ASSIGN_OR_RETURN(filter.since, shared::ParseDuration("--since", options.since));
  }
  ListPrinter::Options print{.columns = RecordColumns(),
                             .single = !options.job.empty(),
                             .watch = options.watch,
                             .nothing = "No jobs found.",
                             .name = NameOf};
  ASSIGN_OR_RETURN(print.format, ParseOutputFormat(options.output));
  ASSIGN_OR_RETURN(ListPrinter printer, ListPrinter::Make(context.io, std::move(print)));
  if (!options.job.empty()) return Get(context, options, printer);
  Sources sources(context, options.dashboard);
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
