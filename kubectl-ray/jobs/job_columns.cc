#include "kubectl-ray/jobs/job_columns.h"

#include <algorithm>
#include <chrono>

#include "kubectl-ray/jobs/job_record.h"
#include "kubectl-ray/ray/entrypoint.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::IntAt;
using shared::Json;
using shared::StringAt;

constexpr std::size_t kEntrypointWidth = 60;

std::int64_t NowMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string AgeCell(const Json& job) {
  const std::int64_t start = IntAt(job, {"start_time"});
  if (start <= 0) return "<unknown>";
  return shared::FormatDuration(
      std::chrono::milliseconds(std::max<std::int64_t>(0, NowMilliseconds() - start)));
}

std::string DurationCell(const Json& job) {
  const std::int64_t start = IntAt(job, {"start_time"}), end = IntAt(job, {"end_time"});
  if (start <= 0) return "";
  return shared::FormatDuration(
      std::chrono::milliseconds(std::max<std::int64_t>(0, (end > 0 ? end : NowMilliseconds()) - start)));
}

std::string EntrypointCell(const Json& job) {
  return EntrypointInOneLine(StringAt(job, {"entrypoint"}), kEntrypointWidth);
}

}  // namespace

std::vector<Column> JobRecordColumns() {
  const auto text = [](const char* field) {
    return [field](const Json& job) { return StringAt(job, {field}); };
  };
  return {{"ID", NameOf},
          {"STATUS", text("status")},
          {"AGE", AgeCell},
          {"DURATION", DurationCell},
          {"CLUSTER", text("ray_cluster")},
          {"RAYJOB", text("ray_job")},
          {"ENTRYPOINT", EntrypointCell},
          {"TYPE", text("type"), true},
          {"JOB ID", text("job_id"), true},
          {"EXIT CODE",
           [](const Json& job) {
             return job.contains("driver_exit_code") && job["driver_exit_code"].is_number_integer()
                        ? std::to_string(IntAt(job, {"driver_exit_code"}))
                        : std::string();
           },
           true},
          {"MESSAGE",
           [](const Json& job) { return std::string(shared::FirstLine(StringAt(job, {"message"}))); }, true}};
}

}  // namespace kubectl_ray
