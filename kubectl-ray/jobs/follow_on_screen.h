// Following a job on the screen: its output on stdout, what happens to it on stderr, an exit code at its end.
#pragma once

#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "shared/deadline.h"

namespace kubectl_ray {

struct FollowScreen {
  std::string reference;  // names the job in "kubectl ray job logs -f REFERENCE"
  std::string cluster;    // its pods show why nothing runs; empty: not known
  bool show_output = true;
  bool submitted = false;  // by this command: the dashboard has answered, and the job is there
  shared::Deadline deadline = shared::Deadline::Never();
};

// Follows job `id` to its end and prints how it ended. Ctrl-C leaves the job alone and prints how to come
// back to it; if stdin is a terminal, a second Ctrl-C within three seconds stops the job. Returns an
// ExitCode. Errors are for what is not the end of a job (no such job, no permission, a dashboard that never
// answered) and for a lost one: kNotFound if its cluster was deleted or its head replaced, kConflict if its
// cluster was suspended.
shared::Result<int> FollowOnScreen(CommandContext& context, const JobsClient& client, const std::string& id,
                                   const FollowScreen& screen);

// The same for a job of AwaitDashboard that has a dashboard. If the job was lost because its RayJob ended,
// returns that end.
shared::Result<int> FollowFound(CommandContext& context, const FoundJob& job, bool show_output);

}  // namespace kubectl_ray
