#include <chrono>

#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/dashboard_options.h"
#include "kubectl-ray/commands/job_follow.h"
#include "kubectl-ray/ray/entrypoint.h"
#include "kubectl-ray/ray/package.h"
#include "kubectl-ray/ray/package_stream.h"
#include "kubectl-ray/ray/submission_id.h"
#include "kubectl-ray/ray/submitter.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::Status;

struct SubmitOptions {
  DashboardOptions dashboard;
  std::string submission_id;
  std::string working_dir;
  bool no_wait = false;
};

Status SendWorkingDirectory(CommandContext& context, const JobsClient& client, const SubmitOptions& options,
                            JobRequest* request) {
  if (options.working_dir.empty()) return shared::Ok();
  ASSIGN_OR_RETURN(const FileTree tree, ScanDirectory(options.working_dir, {}));
  ASSIGN_OR_RETURN(const std::string name, NameOfTree(tree, PackingThreads(), context.interrupt));
  TRY(UploadTree(client, tree, name, Deadline::Never(), context.interrupt, [](const UploadProgress&) {}));
  request->runtime_env["working_dir"] = "gcs://" + name;
  return shared::Ok();
}

Result<int> Submit(CommandContext& context, const SubmitOptions& options) {
  JobRequest request;
  if (!context.global.program || context.global.program->empty())
    return Fail(ErrorCode::kUsage, "cannot submit a job without a program",
                "Put it behind --: kubectl ray job submit --cluster NAME -- python script.py");
  request.entrypoint = QuoteForShell(*context.global.program);
  request.submission_id = options.submission_id.empty() ? GenerateSubmissionId() : options.submission_id;
  TRY(ValidateSubmissionId(request.submission_id));
  ASSIGN_OR_RETURN(const auto dashboard,
                   ConnectDashboard(context, options.dashboard, Deadline::After(std::chrono::minutes(5))));
  const JobsClient& client = dashboard->jobs();
  TRY(SendWorkingDirectory(context, client, options, &request));
  TRY(SubmitOnce(client, request, Deadline::After(std::chrono::minutes(2)), context.interrupt,
                 [](const shared::Error&) {}));
  FollowScreen screen;
  screen.way_back = WayBack(context, options.dashboard);
  context.io.err << "Job '" << request.submission_id << "' submitted successfully" << std::endl;
  return FollowOnScreen(context, client, request.submission_id, screen);
}

}  // namespace

void AddJob(CLI::App& parent, CommandTable& table) {
  CLI::App* job = parent.add_subcommand("job", "Submit, follow and manage Ray jobs");
  auto options = std::make_shared<SubmitOptions>();
  CLI::App* app = job->add_subcommand("submit", "Submit a job");
  AddDashboardOptions(*app, &options->dashboard);
  app->add_option("--submission-id", options->submission_id, "");
  app->add_option("--working-dir", options->working_dir, "");
  table.Add(
      app, [options](CommandContext& context) { return Submit(context, *options); }, TakesProgram::kYes);
}

}  // namespace kubectl_ray
