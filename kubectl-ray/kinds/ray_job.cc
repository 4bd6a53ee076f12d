#include "kubectl-ray/kinds/ray_job.h"

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::StringAt;

namespace {

std::vector<Column> JobColumns(const Clock& now) {
  auto status = [](const char* field) {
    return [field](const Json& j) { return StringAt(j, {"status", field}); };
  };
  return {{"Name",
           [](const Json& j) {
             return StringAt(j, {"metadata", "name"});
           }},
          {"Job Status", status("jobStatus")},
          {"Deployment Status", status("jobDeploymentStatus")},
          {"Ray Cluster Name", status("rayClusterName")},
          {"Start Time", status("startTime")},
          {"End Time", status("endTime")},
          {"Age", [now](const Json& j) { return AgeOf(j, now()); }},
          {"Namespace",
           [](const Json& j) {
             return StringAt(j, {"metadata", "namespace"});
           },
           true},
          {"Message", status("message"), true}};
}

// A RayJob with a clusterSelector runs on a cluster of others, and leaves that one alone when it is deleted.
UsedCluster ClusterOf(const Json& ray_job) {
  const Json& selector = shared::At(ray_job, {"spec", "clusterSelector"});
  return {ReadRayJobState(ray_job).cluster, !selector.is_object() || selector.empty()};
}

// KubeRay makes another cluster and submits the job again: rayjob_controller.go,
// checkBackoffLimitAndUpdateStatusIfNeeded.
bool WillRetry(const RayJobState& state, const Json& ray_job) {
  if (state.deployment_status == "Retrying") return true;
  const bool is_settled = state.deployment_status == "Complete" || state.deployment_status == "Failed" ||
                          state.deployment_status == "ValidationFailed";
  return state.status == JobStatus::kFailed && !is_settled &&
         shared::IntAt(ray_job, {"status", "failed"}) < shared::IntAt(ray_job, {"spec", "backoffLimit"});
}

std::string Attempts(const Json& ray_job) {
  const std::int64_t retries = shared::IntAt(ray_job, {"spec", "backoffLimit"});
  if (retries <= 0) return "";
  return std::to_string(shared::IntAt(ray_job, {"status", "failed"})) + " of " + std::to_string(retries + 1) +
         " attempts failed";
}

std::vector<std::string> Lines(const Json& ray_job) {
  const RayJobState state = ReadRayJobState(ray_job);
  std::vector<std::string> lines = {
      StatusName(state) +
      (state.deployment_status.empty() ? "" : ", deployment status " + state.deployment_status)};
  const std::string reason = StringAt(ray_job, {"status", "reason"});
  if (!reason.empty() || !state.message.empty())
    lines.push_back(reason + (reason.empty() || state.message.empty() ? "" : ": ") + state.message);
  if (const std::string attempts = Attempts(ray_job); !attempts.empty()) lines.push_back(attempts);
  const std::string queue = StringAt(ray_job, {"metadata", "labels", kQueueLabel});
  if (!queue.empty() && shared::BoolAt(ray_job, {"spec", "suspend"}))
    lines.push_back("Kueue has not admitted it from queue \"" + queue + "\"");
  return lines;
}

}  // namespace

const Kind& RayJobKind() {
  static const Kind kind = {
      .resource = kRayJobs,
      .type = "rayjob",
      .noun = "job",
      .nouns = "jobs",
      .columns = JobColumns,
      .cluster_of = ClusterOf,
      .lines = Lines,
      .where_not_served = "Jobs of a cluster without it are listed by `kubectl ray job list`.",
      .fields =
          shared::JsonFields::Only({"metadata.name", "metadata.namespace", "metadata.creationTimestamp",
                                    "status.jobStatus", "status.jobDeploymentStatus", "status.rayClusterName",
                                    "status.startTime", "status.endTime", "status.message"})};
  return kind;
}

Json RayJobFor(const RayJobSpec& spec, const Json& ray_cluster) {
  Json job = {{"apiVersion", kRayJobs.ApiVersion()},
              {"kind", "RayJob"},
              {"metadata", {{"name", spec.name}, {"namespace", spec.ns}}},
              {"spec",
               {{"jobId", spec.submission_id},
                {"entrypoint", spec.entrypoint},
                {"submissionMode", "InteractiveMode"},
                {"shutdownAfterJobFinishes", spec.ttl_seconds_after_finished.has_value()},
                {"ttlSecondsAfterFinished", spec.ttl_seconds_after_finished.value_or(0)},
                {"rayClusterSpec", shared::At(ray_cluster, {"spec"})}}}};
  return job;
}

shared::Result<Json> CompleteRayJob(Json ray_job, const RayJobSpec& spec) {
  if (StringAt(ray_job, {"kind"}) != "RayJob" || !StringAt(ray_job, {"apiVersion"}).starts_with("ray.io/"))
    return Fail(ErrorCode::kUsage, "cannot submit the file: it is no RayJob of ray.io");
  if (const std::string version = StringAt(ray_job, {"apiVersion"}); version != "ray.io/v1")
    return Fail(ErrorCode::kUsage,
                "cannot submit the RayJob: its apiVersion is \"" + version + "\", not \"ray.io/v1\"",
                "Write apiVersion: ray.io/v1 in the file; its fields go by the same names there.");
  if (!shared::At(ray_job, {"spec"}).is_object())
    return Fail(ErrorCode::kUsage, "cannot submit the RayJob: it has no spec");
  if (StringAt(ray_job, {"spec", "submissionMode"}) != "InteractiveMode")
    return Fail(ErrorCode::kUsage,
                "cannot submit the RayJob: its submissionMode must be set to 'InteractiveMode'",
                "In the other modes KubeRay submits the job itself: kubectl ray apply -f FILE.");
  if (shared::IntAt(ray_job, {"spec", "backoffLimit"}) > 0)
    return Fail(ErrorCode::kUsage,
                "cannot submit the RayJob: backoffLimit is incompatible with InteractiveMode",
                "Use --retries.");
  const std::string ns = StringAt(ray_job, {"metadata", "namespace"}, spec.ns);
  if (ns != spec.ns)
    return Fail(ErrorCode::kUsage,
                "cannot submit the RayJob: its namespace is \"" + ns + "\", not \"" + spec.ns + "\"",
                "Give --namespace " + ns + ".");
  if (StringAt(ray_job, {"metadata", "name"}).empty() &&
      StringAt(ray_job, {"metadata", "generateName"}).empty())
    return Fail(ErrorCode::kUsage, "cannot submit the RayJob: it has no metadata.name");
  Json& body = ray_job["spec"];
  if (spec.ttl_seconds_after_finished) {
    body["ttlSecondsAfterFinished"] = *spec.ttl_seconds_after_finished;
    body["shutdownAfterJobFinishes"] = true;
  }
  if (shared::IntAt(body, {"ttlSecondsAfterFinished"}) > 0 &&
      !shared::BoolAt(body, {"shutdownAfterJobFinishes"}))
    return Fail(ErrorCode::kUsage,
                "ttlSecondsAfterFinished is only supported when shutdownAfterJobFinishes is set to true");
  body["jobId"] = spec.submission_id;
  ray_job["metadata"]["namespace"] = spec.ns;
  return ray_job;
}

RayJobState ReadRayJobState(const Json& ray_job) {
  RayJobState state;
  if (const std::string id = StringAt(ray_job, {"status", "jobId"}); !id.empty()) state.job_id = id;
  state.cluster = StringAt(ray_job, {"status", "rayClusterName"});
  state.status_text = StringAt(ray_job, {"status", "jobStatus"});
  state.status = ParseJobStatus(state.status_text);
  state.deployment_status = StringAt(ray_job, {"status", "jobDeploymentStatus"});
  state.message = StringAt(ray_job, {"status", "message"});
  state.over = (IsOver(state.status) && !WillRetry(state, ray_job)) ||
               state.deployment_status == "Complete" || state.deployment_status == "Failed" ||
               state.deployment_status == "ValidationFailed";
  return state;
}

std::string StatusName(const RayJobState& state) {
  if (IsOver(state.status)) return state.over ? state.status_text : "PENDING";  // it begins again
  if (state.deployment_status == "Complete") return "SUCCEEDED";
  if (state.deployment_status == "Suspended" || state.deployment_status == "Suspending") return "STOPPED";
  if (state.over) return "FAILED";  // a deadline of the RayJob's own, or a spec that KubeRay refuses
  return state.status_text.empty() ? "PENDING" : state.status_text;
}

}  // namespace kubectl_ray
