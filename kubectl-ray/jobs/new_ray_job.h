// The spec of a RayJob whose job KubeRay submits itself, which is a RayCronJob's template, too. Pure. Source:
// ray-operator/apis/ray/v1/rayjob_types.go of KubeRay 1.6 and 1.7.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/ray/jobs_client.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// What becomes of the job's cluster, and how often it is tried, as typed.
struct RayJobFate {
  std::string submission_mode = {};  // empty: KubeRay's own, which is K8sJobMode
  std::optional<int> backoff_limit = {};
  std::optional<int> active_deadline_seconds = {};
  std::optional<int> ttl_seconds_after_finished = {};
  bool shutdown_after_job_finishes = true;
  std::vector<std::string> deletion_rules = {};  // STATUS:POLICY or STATUS:POLICY:SECONDS

  bool operator==(const RayJobFate&) const = default;
};

// Whether that mode has a submitter between KubeRay and the dashboard: all but HTTPMode.
bool HasSubmitter(const std::string& submission_mode);

// Returns the spec. `cluster`: the name of a cluster that is there; empty: a new one of `cluster_spec`, which
// is a RayCluster's. The request's entrypoint is written for the mode; its id, memory and label selector have
// no field. kUsage: a deletion rule is none, or the submitter would change the runtime_env
// or the metadata.
shared::Result<shared::Json> SpecOfRayJob(const RayJobFate& fate, const JobRequest& request,
                                          const std::string& cluster, const shared::Json& cluster_spec);

}  // namespace kubectl_ray
