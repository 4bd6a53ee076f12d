#include <memory>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/found_job.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

struct JobDeleteOptions {
  DashboardOptions dashboard;
  std::vector<std::string> jobs;
};

// A RayJob goes with its cluster, if that is its own.
shared::Status DeleteRayJob(CommandContext& context, const FoundJob& job) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  TRY(kube->Delete(kRayJobs, ns, shared::StringAt(job.ray_job, {"metadata", "name"}),
                   {.precondition_uid = shared::StringAt(job.ray_job, {"metadata", "uid"})}));
  return shared::Ok();
}

Result<int> Delete(CommandContext& context, const JobDeleteOptions& options) {
  for (const std::string& argument : options.jobs) {
    ASSIGN_OR_RETURN(const FoundJob found, FindJob(context, options.dashboard, argument));
    ASSIGN_OR_RETURN(const Json record, RecordOfJob(found));
    ASSIGN_OR_RETURN(const Job job, ParseJob(record));
    if (!IsOver(job.status))
      return Fail(ErrorCode::kConflict, "cannot delete job \"" + argument + "\": it is " + job.status_text,
                  "Stop it first: kubectl ray job stop " + found.reference);
    if (IsRayJobName(argument)) {
      TRY(DeleteRayJob(context, found));
    } else if (found.dashboard == nullptr) {
      return Fail(ErrorCode::kNotFound, "cannot delete job \"" + argument + "\": " + found.why_no_dashboard);
    } else {
      TRY(found.dashboard->jobs().Delete(found.id));
    }
    context.io.out << "Job '" << argument << "' deleted successfully" << std::endl;
  }
  return static_cast<int>(kExitOk);
}

}  // namespace

void AddJobDelete(CLI::App& parent, CommandTable& table) {
  auto options = std::make_shared<JobDeleteOptions>();
  CLI::App* app = parent.add_subcommand(
      "delete", "Delete jobs that are over: what Ray remembers of one, or a RayJob with its cluster");
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("JOB", options->jobs, "Submission ids, or rayjob/NAME")->required();
  app->footer(
      "Examples:\n  kubectl ray job delete raysubmit_x1 --cluster demo\n  kubectl ray job delete "
      "rayjob/sample");
  table.Add(app, [options](CommandContext& context) { return Delete(context, *options); });
}

}  // namespace kubectl_ray
