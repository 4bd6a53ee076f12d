// Sending a job to a dashboard, and following it to its end.
#pragma once

#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "shared/deadline.h"

namespace kubectl_ray {

struct SubmissionOptions {
  DashboardAddress dashboard;  // where the client goes, for what is printed
  std::string ray_job;         // the name of the job's RayJob; empty: it has none
  int retries = 0;             // how often a job that failed is submitted again, under another id
  bool no_wait = false;        // the job is not followed, and its id is printed on io.out
  shared::Deadline until = shared::Deadline::Never();         // of this command; the job goes on
  shared::Deadline job_deadline = shared::Deadline::Never();  // of the job, which is stopped then
};

// Uploads the plan's packages, submits the job once even if answers are lost, and follows it as
// FollowOnScreen does. Returns an ExitCode: kExitSubmissionRefused if the dashboard does not take it. Errors:
// kInterrupted, kAuth, kUnavailable before the job is there, and those of FollowOnScreen.
shared::Result<int> SubmitAndFollow(CommandContext& context, const JobsClient& client, const JobPlan& plan,
                                    const SubmissionOptions& options);

}  // namespace kubectl_ray
