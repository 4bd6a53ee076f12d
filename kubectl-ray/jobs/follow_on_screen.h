// Following a job on the screen: its output on stdout, what happens to it on stderr, an exit code at its end.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "shared/deadline.h"

namespace kubectl_ray {

struct FollowScreen {
  std::string reference;  // what means this job again, for "kubectl ray job logs -f REFERENCE"
  std::string cluster;    // whose pods tell why nothing runs; empty: not known
  bool show_output = true;
  bool submitted = false;  // just now: the dashboard has answered, and the job is there
  shared::Deadline deadline = shared::Deadline::Never();
};

// Follows job `id` to its end and says how it went. Ctrl-C leaves the job alone and says how to come back;
// where stdin is a terminal, a second one within three seconds stops the job. Answers an exit code of
// ExitCode; errors only for what is not a job's end (no such job, no permission, a dashboard that does not
// answer at all), and where the job was lost: kNotFound, its cluster was deleted or its head replaced;
// kConflict, its cluster was suspended.
shared::Result<int> FollowOnScreen(CommandContext& context, const JobsClient& client, const std::string& id,
                                   const FollowScreen& screen);

// The same for one of AwaitDashboard that has a dashboard. One that was lost with its cluster ends as its
// RayJob did, where that is over.
shared::Result<int> FollowFound(CommandContext& context, const FoundJob& job, bool show_output);

// `Job 'x' succeeded` and so on, with the driver's exit code and last lines where it failed; its exit code.
int TellOutcome(CommandContext& context, const JobsClient& client, const Job& job, bool output_was_shown);

// Of a job that is over.
int ExitCodeOf(JobStatus status);

}  // namespace kubectl_ray
