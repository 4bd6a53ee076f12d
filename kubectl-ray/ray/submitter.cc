#include "kubectl-ray/ray/submitter.h"

#include <algorithm>
#include <chrono>

#include "kubectl-ray/ray/submission_id.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Result;
using shared::Status;
using shared::Unexpected;

constexpr std::string_view kMark = "kubectl_ray_submission";
constexpr std::chrono::seconds kLookAfterInterrupt(5);
constexpr int kMaxRefusals = 3;  // a dashboard that is starting answers 500 for a moment

// Or an answer that says to come back: JobsClient returns kUnavailable if the job agent has not started.
bool IsNoAnswer(const shared::Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
}

enum class Presence { kOurs, kOthers, kAbsent };

Result<Presence> LookFor(const JobsClient& client, const JobRequest& request,
                         shared::Deadline deadline = shared::Deadline::Never()) {
  Result<Job> job = client.Get(request.submission_id, deadline);
  if (!job && job.error().code == ErrorCode::kNotFound) return Presence::kAbsent;
  if (!job) return Unexpected(std::move(job).error());
  const std::string mark = shared::StringAt(request.metadata, {kMark});
  return shared::StringAt(job->metadata, {kMark}) == mark ? Presence::kOurs : Presence::kOthers;
}

// A request that was cut off may have arrived. We look for the job as if there had been no Interrupt.
Status EndInterrupted(const JobsClient& client, const JobRequest& request, shared::Interrupt* interrupt) {
  const int signal = interrupt->signal();
  interrupt->Clear();
  const Result<Presence> presence = LookFor(client, request, shared::Deadline::After(kLookAfterInterrupt));
  interrupt->Raise(signal);
  if (presence && *presence == Presence::kOurs) return shared::Ok();
  return shared::Fail(ErrorCode::kInterrupted,
                      "interrupted while submitting job \"" + request.submission_id + "\"");
}

}  // namespace

Status SubmitOnce(const JobsClient& client, JobRequest request, shared::Deadline deadline,
                  shared::Interrupt& interrupt,
                  const std::function<void(const shared::Error& cause)>& on_retry) {
  request.metadata[std::string(kMark)] = GenerateSubmissionId().substr(std::string_view("raysubmit_").size());
  std::chrono::milliseconds pause(200);
  int refusals = 0;
  while (true) {
    Status submitted = client.Submit(request);
    if (submitted) return submitted;
    shared::Error error = std::move(submitted).error();
    if (interrupt.raised()) return EndInterrupted(client, request, &interrupt);
    if (error.code == ErrorCode::kAuth) return Unexpected(error);
    Result<Presence> presence = LookFor(client, request);
    if (presence && *presence == Presence::kOurs) return shared::Ok();
    if (presence && *presence == Presence::kOthers)
      return shared::Fail(
          ErrorCode::kConflict,
          "cannot submit job \"" + request.submission_id + "\": a job of this id is there already",
          "Choose another --submission-id, or leave it out.");
    if (!IsNoAnswer(error) && ++refusals >= kMaxRefusals) return Unexpected(error);
    if (error.code == ErrorCode::kUsage) return Unexpected(error);
    if (deadline.passed()) return Unexpected(error);
    on_retry(error);
    if (interrupt.WaitFor(std::min(pause, deadline.Remaining())))
      return EndInterrupted(client, request, &interrupt);
    pause = std::min(pause * 2, std::chrono::milliseconds(5000));
  }
}

}  // namespace kubectl_ray
