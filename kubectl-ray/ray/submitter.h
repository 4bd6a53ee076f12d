// Submits a job so that it runs once, even if connections break.
#pragma once

#include <functional>
#include <string>

#include "kubectl-ray/ray/jobs_client.h"
#include "shared/deadline.h"
#include "shared/interrupt.h"

namespace kubectl_ray {

// Sends `request` until the dashboard has the job. If an answer breaks off, the job may be there; so it is
// looked for before anything is sent again, and Ray itself refuses a second job of the same id. kConflict if
// another submission made a job of that id: each submission marks its job's metadata with a random value.
// Blocks until `deadline` (kTimeout) or the Interrupt. on_retry gets the cause of each further try.
//
// After an Interrupt the job is looked for once, for at most five seconds or until the next Interrupt.
// Returns Ok if it is there; the Interrupt stays raised. Returns kInterrupted if it was not found; it may
// still arrive.
shared::Status SubmitOnce(const JobsClient& client, JobRequest request, shared::Deadline deadline,
                          shared::Interrupt& interrupt,
                          const std::function<void(const shared::Error& cause)>& on_retry);

}  // namespace kubectl_ray
