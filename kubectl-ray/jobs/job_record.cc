#include "kubectl-ray/jobs/job_record.h"

#include <map>
#include <utility>

#include "kubectl-ray/formats/time.h"
#include "kubectl-ray/kinds/ray_job.h"

namespace kubectl_ray {
namespace {

using shared::Json;
using shared::StringAt;

// The `type` of a record that comes from no dashboard; Ray's own are SUBMISSION and DRIVER.
constexpr const char* kRayJobType = "RAYJOB";

Json Milliseconds(const std::string& time) {
  const auto parsed = ParseTime(time);
  return parsed ? Json(parsed->time_since_epoch().count() * 1000) : Json();
}

// By cluster and submission id.
std::pair<std::string, std::string> KeyOf(const Json& record) {
  return {StringAt(record, {"ray_cluster"}), StringAt(record, {"submission_id"})};
}

}  // namespace

Json RecordOf(const Json& ray_job) {
  const RayJobState state = ReadRayJobState(ray_job);
  Json record = {{"type", kRayJobType}, {"submission_id", StringAt(ray_job, {"status", "jobId"})}};
  if (record["submission_id"] == "") record["submission_id"] = StringAt(ray_job, {"spec", "jobId"});
  record["status"] = StatusName(state);
  record["entrypoint"] = StringAt(ray_job, {"spec", "entrypoint"});
  record["message"] =
      !state.message.empty() ? state.message
      : state.over           ? ""
                   : "RayJob is " + (state.deployment_status.empty() ? "new" : state.deployment_status);
  const std::string created = StringAt(ray_job, {"metadata", "creationTimestamp"});
  record["start_time"] = Milliseconds(StringAt(ray_job, {"status", "startTime"}, created));
  record["end_time"] = Milliseconds(StringAt(ray_job, {"status", "endTime"}));
  record["ray_cluster"] = state.cluster;
  record["ray_job"] = StringAt(ray_job, {"metadata", "name"});
  return record;
}

std::vector<Json> MergeRecords(std::vector<Json> of_dashboards, const std::vector<Json>& ray_jobs) {
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (std::size_t i = 0; i < of_dashboards.size(); ++i)
    if (!StringAt(of_dashboards[i], {"submission_id"}).empty()) known.emplace(KeyOf(of_dashboards[i]), i);
  for (const Json& ray_job : ray_jobs) {
    Json record = RecordOf(ray_job);
    const auto found = known.find(KeyOf(record));
    if (found == known.end()) {
      of_dashboards.push_back(std::move(record));
    } else {
      of_dashboards[found->second]["ray_job"] = record["ray_job"];
    }
  }
  return of_dashboards;
}

std::string NameOf(const Json& record) {
  if (StringAt(record, {"type"}) == kRayJobType) return "rayjob/" + StringAt(record, {"ray_job"});
  const std::string id = StringAt(record, {"submission_id"});
  return id.empty() ? StringAt(record, {"job_id"}) : id;
}

}  // namespace kubectl_ray
