#include "kubectl-ray/jobs/new_ray_job.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/ray/submitter_entrypoint.h"
#include "shared/split.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::Status;

// What KubeRay 1.6 and later take for a rule; a status of the job, and one of what carries it.
constexpr std::array<std::string_view, 2> kJobStatuses = {"SUCCEEDED", "FAILED"};
constexpr std::string_view kDeploymentStatus = "Failed";
constexpr std::array<std::string_view, 4> kDeletionPolicies = {"DeleteWorkers", "DeleteCluster", "DeleteSelf",
                                                               "DeleteNone"};

template <typename List>
bool IsOneOf(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Result<Json> ReadDeletionRule(const std::string& text) {
  std::vector<std::string> parts;
  for (const std::string_view part : shared::Split(text, ':')) parts.emplace_back(part);
  const auto refuse = [&](const std::string& cause) {
    return Fail(ErrorCode::kUsage, "cannot use --deletion-rule \"" + text + "\": " + cause,
                "Write SUCCEEDED, FAILED or Failed, then DeleteWorkers, DeleteCluster, DeleteSelf or "
                "DeleteNone, then seconds, if any: FAILED:DeleteCluster:600");
  };
  if (parts.size() != 2 && parts.size() != 3) return refuse("it is no STATUS:POLICY[:SECONDS]");
  Json condition = Json::object();
  if (IsOneOf(kJobStatuses, parts[0]))
    condition["jobStatus"] = parts[0];
  else if (parts[0] == kDeploymentStatus)
    condition["jobDeploymentStatus"] = parts[0];
  else
    return refuse("\"" + parts[0] + "\" is no status at which KubeRay deletes");
  if (!IsOneOf(kDeletionPolicies, parts[1])) return refuse("\"" + parts[1] + "\" is no policy");
  if (parts.size() == 3) {
    std::int32_t seconds = -1;
    const char* end = parts[2].data() + parts[2].size();
    const auto [read, error] = std::from_chars(parts[2].data(), end, seconds);
    if (error != std::errc() || read != end || seconds < 0)
      return refuse("\"" + parts[2] + "\" is no number of seconds");
    condition["ttlSeconds"] = seconds;
  }
  return Json{{"policy", parts[1]}, {"condition", std::move(condition)}};
}

Status AddFate(const RayJobFate& fate, bool own_cluster, Json* spec) {
  if (fate.backoff_limit) (*spec)["backoffLimit"] = *fate.backoff_limit;
  if (fate.active_deadline_seconds) (*spec)["activeDeadlineSeconds"] = *fate.active_deadline_seconds;
  if (fate.ttl_seconds_after_finished) (*spec)["ttlSecondsAfterFinished"] = *fate.ttl_seconds_after_finished;
  for (const std::string& rule : fate.deletion_rules) {
    ASSIGN_OR_RETURN(Json read, ReadDeletionRule(rule));
    (*spec)["deletionStrategy"]["deletionRules"].push_back(std::move(read));
  }
  // Rules go without it; and a cluster of others stays in any case.
  if (fate.deletion_rules.empty() && own_cluster)
    (*spec)["shutdownAfterJobFinishes"] = fate.shutdown_after_job_finishes;
  return shared::Ok();
}

// The submitter's script has it between double quotes, in which bash expands.
Status CheckForSubmitter(const char* what, const std::string& json) {
  if (SurvivesDoubleQuotes(json)) return shared::Ok();
  return Fail(ErrorCode::kUsage,
              std::string("cannot hand on the ") + what +
                  ": it has $ or `, which KubeRay's submitter lets its shell expand",
              "Use --submission-mode HTTPMode.");
}

Status AddRequest(const JobRequest& request, bool by_submitter, Json* spec) {
  (*spec)["entrypoint"] = request.entrypoint;
  if (!request.runtime_env.empty()) {
    if (by_submitter) TRY(CheckForSubmitter("runtime_env", shared::DumpJson(request.runtime_env)));
    (*spec)["runtimeEnvYAML"] = DumpYaml(request.runtime_env);
  }
  if (!request.metadata.empty()) {
    if (by_submitter) TRY(CheckForSubmitter("metadata", shared::DumpJson(request.metadata)));
    (*spec)["metadata"] = request.metadata;
  }
  if (request.entrypoint_num_cpus) (*spec)["entrypointNumCpus"] = *request.entrypoint_num_cpus;
  if (request.entrypoint_num_gpus) (*spec)["entrypointNumGpus"] = *request.entrypoint_num_gpus;
  if (!request.entrypoint_resources.is_null())
    (*spec)["entrypointResources"] = shared::DumpJson(request.entrypoint_resources);
  return shared::Ok();
}

}  // namespace

bool HasSubmitter(const std::string& submission_mode) { return submission_mode != "HTTPMode"; }

Result<Json> SpecOfRayJob(const RayJobFate& fate, const JobRequest& request, const std::string& cluster,
                          const Json& cluster_spec) {
  Json spec = Json::object();
  TRY(AddRequest(request, HasSubmitter(fate.submission_mode), &spec));
  if (!fate.submission_mode.empty()) spec["submissionMode"] = fate.submission_mode;
  TRY(AddFate(fate, cluster.empty(), &spec));
  if (cluster.empty())
    spec["rayClusterSpec"] = cluster_spec;
  else
    spec["clusterSelector"] = {{kClusterLabel, cluster}};
  return spec;
}

}  // namespace kubectl_ray
