// How a job ended, on the screen and as an exit code.
#pragma once

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "shared/json.h"

namespace kubectl_ray {

// The exit code for a job that is over.
ExitCode ExitCodeOf(JobStatus status);

// Prints on io.err that the job succeeded, failed or was stopped; of a failed one the driver's exit code,
// Ray's message and, if its output is not on the screen yet, its last lines. `job` is over. Returns its exit
// code.
ExitCode PrintOutcome(CommandContext& context, const JobsClient& client, const Job& job,
                      bool output_was_shown);

// The same for a RayJob that is over, from the resource alone.
ExitCode PrintRayJobOutcome(CommandContext& context, const shared::Json& ray_job);

}  // namespace kubectl_ray
