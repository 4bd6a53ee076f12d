// Submits a job so that it runs once, whatever breaks on the way.
#pragma once

#include <functional>
#include <string>

#include "kubectl-ray/ray/jobs_client.h"
#include "shared/deadline.h"
#include "shared/interrupt.h"

namespace kubectl_ray {

// Sends `request` until the dashboard has it. An answer that broke off is no answer: the job may be there, so
// it is looked for before anything is sent again, and Ray itself refuses a second job of the same id. A job
// of that id which another submission made is kConflict: each submission marks its job's metadata with a
// random value. Blocks until `deadline` (kTimeout) or the Interrupt. on_retry is given the cause of each
// further try.
//
// After an Interrupt the job is looked for once, for at most five seconds or until the next one, and Ok says
// that it is there; the Interrupt stays raised. kInterrupted: it was not found, and may still arrive.
shared::Status SubmitOnce(const JobsClient& client, JobRequest request, shared::Deadline deadline,
                          shared::Interrupt& interrupt,
                          const std::function<void(const shared::Error& cause)>& on_retry);

}  // namespace kubectl_ray
