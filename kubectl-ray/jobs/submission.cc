#include "kubectl-ray/jobs/submission.h"

#include <chrono>

#include "kubectl-ray/cli/print_error.h"
#include "kubectl-ray/jobs/follow_on_screen.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/ray/submitter.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Result;
using shared::Status;

void PrintSubmitted(CommandContext& context, const std::string& id, const std::string& reference,
                    bool no_wait) {
  std::ostream& err = context.io.err;
  const std::string text = "Job '" + id + "' submitted successfully";
  const std::string line(text.size(), '-');
  err << '\n' << line << '\n' << text << '\n' << line << "\n\nNext steps\n";
  const auto step = [&](const char* what, const char* command) {
    err << "  " << what << "\n    kubectl ray job " << command << ' ' << reference << '\n';
  };
  step("Query the logs of the job:", "logs");
  step("Query the status of the job:", "status");
  step("Request the job to be stopped:", "stop");
  if (!no_wait) err << "\nTailing logs until the job exits (disable with --no-wait):\n";
  err << std::flush;
}

// The exit code of what goes wrong before the job is there. What goes wrong in every command stays an error.
Result<int> Refuse(CommandContext& context, const shared::Error& error) {
  if (error.code == ErrorCode::kInterrupted || error.code == ErrorCode::kAuth ||
      error.code == ErrorCode::kUnavailable)
    return shared::Unexpected(error);
  PrintError(context.io, error);
  return kExitSubmissionRefused;
}

// Ctrl-C cut the request off, and the job was not there by then.
shared::Unexpected<shared::Error> MayArrive(shared::Error error, const std::string& reference) {
  error.hint = "It may still arrive. See whether it did: kubectl ray job status " + reference +
               "\nAnd stop it then: kubectl ray job stop " + reference;
  return shared::Unexpected(std::move(error));
}

class Submission {
 public:
  Submission(CommandContext& context, const JobsClient& client, const SubmissionOptions& options)
      : context_(context), client_(client), options_(options) {}

  Result<int> Run(const JobPlan& plan) {
    if (Status known = CheckRelease(client_, plan); !known) return Refuse(context_, known.error());
    if (Status sent = SendPackages(context_, client_, plan, options_.until); !sent)
      return Refuse(context_, sent.error());
    JobRequest request = plan.request;
    for (int attempt = 0;; ++attempt) {
      if (attempt > 0)
        request.submission_id = plan.request.submission_id + "-retry" + std::to_string(attempt);
      ASSIGN_OR_RETURN(const int code, RunOnce(request));
      if (code != kExitJobFailed || attempt >= options_.retries || options_.no_wait) return code;
      context_.io.err << "Trying again: " << attempt + 1 << " of " << options_.retries << " retries."
                      << std::endl;
    }
  }

 private:
  Result<int> RunOnce(const JobRequest& request) {
    std::string printed;
    const Status submitted =
        SubmitOnce(client_, request, options_.until.Min(Deadline::After(std::chrono::minutes(2))),
                   context_.interrupt, [&](const shared::Error& cause) {
                     if (std::exchange(printed, cause.message) == cause.message) return;
                     context_.io.err << "Submitting again, once it is sure that the job is not there: "
                                     << shared::EscapeControl(cause.message) << std::endl;
                   });
    const std::string reference = ReferenceTo(request.submission_id);
    if (!submitted && submitted.error().code == ErrorCode::kInterrupted)
      return MayArrive(submitted.error(), reference);
    if (!submitted) return Refuse(context_, submitted.error());
    PrintSubmitted(context_, request.submission_id, reference, options_.no_wait);
    if (options_.no_wait) {
      context_.io.out << "Ray job submitted with ID " << request.submission_id << '\n';
      return kExitOk;
    }
    const FollowScreen screen{.reference = reference,
                              .cluster = options_.dashboard.cluster,
                              .submitted = true,
                              .deadline = options_.until.Min(options_.job_deadline)};
    ASSIGN_OR_RETURN(const int code, FollowOnScreen(context_, client_, request.submission_id, screen));
    if (code != kExitTimedOut || !options_.job_deadline.passed()) return code;
    TRY(client_.Stop(request.submission_id));
    context_.io.err << "Its --deadline is over: asked Ray to stop job '" << request.submission_id << "'."
                    << std::endl;
    return code;
  }

  // A RayJob's name leads to the job after its cluster has gone, too.
  std::string ReferenceTo(const std::string& submission_id) const {
    if (options_.ray_job.empty()) return Reference(context_, options_.dashboard, submission_id);
    DashboardAddress address_alone;
    address_alone.address = options_.dashboard.address;
    return Reference(context_, address_alone, "rayjob/" + options_.ray_job);
  }

  CommandContext& context_;
  const JobsClient& client_;
  const SubmissionOptions& options_;
};

}  // namespace

Result<int> SubmitAndFollow(CommandContext& context, const JobsClient& client, const JobPlan& plan,
                            const SubmissionOptions& options) {
  return Submission(context, client, options).Run(plan);
}

}  // namespace kubectl_ray
