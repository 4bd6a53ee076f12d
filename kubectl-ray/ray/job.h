// A job as Ray's dashboard describes it. Source: ray/dashboard/modules/job/pydantic_models.py, JobDetails
// (2.52).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// kUnknown is a status that a newer Ray may have; such a job counts as not over.
enum class JobStatus { kPending, kRunning, kStopped, kSucceeded, kFailed, kUnknown };

struct Job {
  std::string submission_id;  // empty for a driver that was not submitted (ray.init from elsewhere)
  std::string job_id;         // the driver's, hexadecimal; empty until the driver has connected to Ray
  JobStatus status = JobStatus::kUnknown;
  std::string status_text;  // as Ray wrote it
  std::string entrypoint;
  std::string message;
  std::string error_type;
  std::int64_t start_time_ms = 0;  // Unix time; 0 if it is not known
  std::int64_t end_time_ms = 0;    // 0 if the job is not over
  std::string driver_node_id;      // hexadecimal; empty while pending
  std::optional<int> driver_exit_code;
  shared::Json metadata;  // an object or null
};

bool IsOver(JobStatus status);

// Parses a status as Ray writes it ("RUNNING"); kUnknown for any other text.
JobStatus ParseJobStatus(std::string_view text);

// Reads one JobDetails, which is untrusted. kInternal if it is not an object with a status.
shared::Result<Job> ParseJob(const shared::Json& value);

// Returns why a process ended: `exit code 3`, `signal 9 (killed)`. Ray reports a signal N as -N; if a shell
// was in between, it is 128+N.
std::string DescribeExitCode(int code);

}  // namespace kubectl_ray
