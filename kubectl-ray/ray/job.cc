#include "kubectl-ray/ray/job.h"

#include <array>

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

bool IsOver(JobStatus status) {
  return status == JobStatus::kStopped || status == JobStatus::kSucceeded || status == JobStatus::kFailed;
}

JobStatus ParseJobStatus(std::string_view text) {
  if (text == "PENDING") return JobStatus::kPending;
  if (text == "RUNNING") return JobStatus::kRunning;
  if (text == "STOPPED") return JobStatus::kStopped;
  if (text == "SUCCEEDED") return JobStatus::kSucceeded;
  if (text == "FAILED") return JobStatus::kFailed;
  return JobStatus::kUnknown;
}

shared::Result<Job> ParseJob(const shared::Json& value) {
  Job job;
  job.status_text = shared::StringAt(value, {"status"});
  if (job.status_text.empty())
    return Fail(ErrorCode::kInternal, "cannot read a job of the dashboard: it has no status",
                "Is this address a Ray dashboard?");
  job.status = ParseJobStatus(job.status_text);
  job.submission_id = shared::StringAt(value, {"submission_id"});
  job.job_id = shared::StringAt(value, {"job_id"});
  job.entrypoint = shared::StringAt(value, {"entrypoint"});
  job.message = shared::StringAt(value, {"message"});
  job.error_type = shared::StringAt(value, {"error_type"});
  job.start_time_ms = shared::IntAt(value, {"start_time"});
  job.end_time_ms = shared::IntAt(value, {"end_time"});
  job.driver_node_id = shared::StringAt(value, {"driver_node_id"});
  if (shared::At(value, {"driver_exit_code"}).is_number_integer())
    job.driver_exit_code = static_cast<int>(shared::IntAt(value, {"driver_exit_code"}));
  job.metadata = shared::At(value, {"metadata"});
  return job;
}

std::string DescribeExitCode(int code) {
  // Linux's numbers, because the job ran there; this machine may have others.
  static constexpr std::array kSignals = {"",
                                          "Hangup",
                                          "Interrupt",
                                          "Quit",
                                          "Illegal instruction",
                                          "Trace/breakpoint trap",
                                          "Aborted",
                                          "Bus error",
                                          "Floating point exception",
                                          "Killed",
                                          "User defined signal 1",
                                          "Segmentation fault",
                                          "User defined signal 2",
                                          "Broken pipe",
                                          "Alarm clock",
                                          "Terminated"};
  constexpr int kLastSignal = 64;
  const int number = code < 0 ? -code : code > 128 && code <= 128 + kLastSignal ? code - 128 : 0;
  if (number == 0) return "exit code " + std::to_string(code);
  const auto index = static_cast<std::size_t>(number);
  return "signal " + std::to_string(number) +
         (index < kSignals.size() ? " (" + std::string(kSignals[index]) + ")" : "");
}

}  // namespace kubectl_ray
