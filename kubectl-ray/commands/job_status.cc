#include <memory>

#include "kubectl-ray/commands/job_flags.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/pending_reporter.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Result;

struct StatusOptions {
  DashboardAddress dashboard;
  std::string job;
};

Result<int> PrintStatus(CommandContext& context, const StatusOptions& options) {
  ASSIGN_OR_RETURN(const FoundJob found, FindJob(context, options.dashboard, options.job));
  ASSIGN_OR_RETURN(const Json record, RecordOfJob(found));
  ASSIGN_OR_RETURN(const Job job, ParseJob(record));
  std::ostream& out = context.io.out;
  out << "Status for job '" << options.job << "': " << shared::EscapeControl(job.status_text) << '\n';
  if (!job.message.empty()) out << "Status message: " << shared::EscapeControl(job.message) << '\n';
  if (job.status == JobStatus::kPending && found.dashboard != nullptr) {
    const std::string why = ExplainPending(context, found.dashboard->jobs(), job, found.cluster);
    if (why != shared::EscapeControl(job.message)) out << "Waiting: " << why << '\n';
  }
  if (job.driver_exit_code) out << "Driver: " << DescribeExitCode(*job.driver_exit_code) << '\n';
  return kExitOk;
}

}  // namespace

void JobStatus(Leaf& leaf) {
  auto& flags = leaf.Flags<StatusOptions>();
  AddJobArgument(leaf, &flags.dashboard, &flags.job);
  leaf.Example("How a job is, and what it waits for", "kubectl ray job status raysubmit_x1 --cluster demo");
  leaf.Run([&flags](CommandContext& context) { return PrintStatus(context, flags); });
}

}  // namespace kubectl_ray
