// What a dashboard answers: a job's details, and the text of a refusal.
#include <cstdlib>

#include "kubectl-ray/ray/job.h"
#include "kubectl-ray/ray/job_follower.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "kubectl-ray/ray/ray_job.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (kubectl_ray::DashboardError(500, text, "get a job").message.size() > 1000) std::abort();
  kubectl_ray::UniversalNewlines newlines;
  std::string pieces = newlines.Translate(text.substr(0, size / 2));
  pieces += newlines.Translate(text.substr(size / 2));
  if (pieces != kubectl_ray::UniversalNewlines().Translate(text)) std::abort();
  const auto value = shared::ParseJson(text);
  if (!value) return 0;
  (void)kubectl_ray::ReadRayJobState(*value);
  const auto job = kubectl_ray::ParseJob(*value);
  if (job && job->driver_exit_code) (void)kubectl_ray::DescribeExitCode(*job->driver_exit_code);
  return 0;
}
