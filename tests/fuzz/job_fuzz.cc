// What a dashboard answers: a job's details, its log, Ray's version, and the text of a refusal.
#include <cstdlib>

#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/ray/job.h"
#include "kubectl-ray/ray/job_follower.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "kubectl-ray/ray/marked_log.h"
#include "kubectl-ray/ray/pending.h"
#include "shared/ray_release.h"

// Without its marks the log is the same however it arrived in pieces, and shorter by a byte for each block.
static void CheckMarkedLog(std::string_view text) {
  std::string whole, pieces;
  kubectl_ray::MarkedLog at_once, in_two;
  at_once.Take(text, [&](std::string_view bytes) { return whole.append(bytes), true; });
  for (const std::string_view piece : {text.substr(0, text.size() / 2), text.substr(text.size() / 2)})
    in_two.Take(piece, [&](std::string_view bytes) { return pieces.append(bytes), true; });
  if (whole != pieces || at_once.failure() != in_two.failure()) std::abort();
  if (!at_once.failure() && text.size() - whole.size() != (text.size() + 65536) / 65537) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (kubectl_ray::DashboardError(500, text, "get a job").message.size() > 1000) std::abort();
  kubectl_ray::UniversalNewlines newlines;
  std::string pieces = newlines.Translate(text.substr(0, size / 2));
  pieces += newlines.Translate(text.substr(size / 2));
  if (pieces != kubectl_ray::UniversalNewlines().Translate(text)) std::abort();
  CheckMarkedLog(text);
  (void)shared::ParseRayRelease(text);
  (void)kubectl_ray::WhyPending({.actor = {{"required_resources", {{"CPU", 1}}}},
                                 .nodes = {{{"state", "ALIVE"}, {"resources_total", {{"CPU", 2}}}}},
                                 .runtime_envs = {},
                                 .usage = kubectl_ray::UsageOfReport(text),
                                 .report = text});
  const auto value = shared::ParseJson(text);
  if (!value) return 0;
  (void)kubectl_ray::ReadRayJobState(*value);
  const auto job = kubectl_ray::ParseJob(*value);
  if (job && job->driver_exit_code) (void)kubectl_ray::DescribeExitCode(*job->driver_exit_code);
  return 0;
}
