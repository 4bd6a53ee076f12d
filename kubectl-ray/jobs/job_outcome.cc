#include "kubectl-ray/jobs/job_outcome.h"

#include "kubectl-ray/kinds/ray_job.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr std::int64_t kLastLines = 10;
constexpr std::size_t kMaxLastBytes = 20000;  // of these lines

void Banner(std::ostream& err, const std::string& text) {
  const std::string line(text.size(), '-');
  err << '\n' << line << '\n' << text << '\n' << line << "\n\n";
}

void PrintLastLines(CommandContext& context, const JobsClient& client, const Job& job) {
  std::string lines;
  auto read = client.ReadLog(job, kLastLines, [&](std::string_view bytes) {
    shared::AppendUpTo(&lines, bytes, kMaxLastBytes);
    return true;
  });
  if (!read || lines.empty()) return;
  context.io.err << "Its last lines:\n" << shared::EscapeControl(lines);
  if (!lines.ends_with('\n')) context.io.err << '\n';
}

void PrintFailure(CommandContext& context, const JobsClient& client, const Job& job, bool output_was_shown) {
  std::ostream& err = context.io.err;
  if (job.driver_exit_code)
    err << "The driver ended with " << DescribeExitCode(*job.driver_exit_code) << ".\n";
  // What the kernel's and Ray's own memory guards send; 137 is a shell's word for it.
  const bool killed = job.driver_exit_code && (*job.driver_exit_code == -9 || *job.driver_exit_code == 137);
  const bool own_end = job.error_type == "JOB_ENTRYPOINT_COMMAND_ERROR";
  if (!job.message.empty())
    // After its first line Ray's own message repeats the log's last lines, which are on the screen already.
    err << "Status message: " << shared::EscapeControl(own_end ? shared::FirstLine(job.message) : job.message)
        << '\n';
  if (killed)
    err << "It was killed: most often that is the kernel or Ray taking back memory; see `kubectl ray logs` "
           "for "
           "raylet.out, and --entrypoint-memory.\n";
  if (!output_was_shown && !job.driver_node_id.empty()) PrintLastLines(context, client, job);
}

}  // namespace

ExitCode ExitCodeOf(JobStatus status) {
  if (status == JobStatus::kSucceeded) return kExitOk;
  return status == JobStatus::kStopped ? kExitJobStopped : kExitJobFailed;
}

ExitCode PrintOutcome(CommandContext& context, const JobsClient& client, const Job& job,
                      bool output_was_shown) {
  std::ostream& err = context.io.err;
  const std::string name = "Job '" + job.submission_id + "' ";
  if (job.status == JobStatus::kSucceeded) Banner(err, name + "succeeded");
  if (job.status == JobStatus::kStopped) err << name << "was stopped\n";
  if (job.status == JobStatus::kFailed) {
    Banner(err, name + "failed");
    PrintFailure(context, client, job, output_was_shown);
  }
  err << std::flush;
  return ExitCodeOf(job.status);
}

ExitCode PrintRayJobOutcome(CommandContext& context, const Json& ray_job) {
  const RayJobState state = ReadRayJobState(ray_job);
  const std::string status = StatusName(state);
  std::ostream& err = context.io.err;
  err << "Job " << shared::EscapeControl(state.job_id) << " finished with status "
      << shared::EscapeControl(status) << '.' << std::endl;
  // After its first line Ray's message repeats the output.
  if (!state.message.empty() && status != "SUCCEEDED")
    err << shared::EscapeControl(shared::FirstLine(state.message)) << std::endl;
  return ExitCodeOf(ParseJobStatus(status));
}

}  // namespace kubectl_ray
