// The RayJob resource (ray.io/v1): its row in the table of kinds, what its status says, and a RayJob in
// interactive mode, for which KubeRay makes the cluster and this program submits the job. Source:
// kubectl-plugin/pkg/cmd/job/job_submit.go and ray-operator/apis/ray/v1/rayjob_types.go of KubeRay 1.7.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/ray/job.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

const Kind& RayJobKind();

struct RayJobSpec {
  std::string name;
  std::string ns;
  std::string submission_id;
  std::string entrypoint;
  std::optional<int> ttl_seconds_after_finished;  // where set, the cluster goes with the job
};

// A RayJob whose cluster is `ray_cluster`'s spec.
shared::Json RayJobFor(const RayJobSpec& spec, const shared::Json& ray_cluster);

// The user's own RayJob, checked and completed with the id, the namespace and the ttl. kUsage: not a RayJob,
// of another version (the API server takes none but the one asked for, and converts nothing), not in
// interactive mode, retries, another namespace, a ttl without shutdownAfterJobFinishes.
shared::Result<shared::Json> CompleteRayJob(shared::Json ray_job, const RayJobSpec& spec);

// What the resource's status says.
struct RayJobState {
  std::string cluster;             // its RayCluster's name, or empty
  std::string job_id = "unknown";  // of the status; unknown until there is one
  JobStatus status = JobStatus::kUnknown;
  std::string status_text;        // empty until there is one
  std::string deployment_status;  // Initializing, Waiting, Running, Complete, Failed, ...
  std::string message;
  bool over = false;  // nothing more will come
};
RayJobState ReadRayJobState(const shared::Json& ray_job);

// The status in Ray's words, also if the job itself has none or KubeRay knows more: PENDING until there is a
// job and between two attempts (spec.backoffLimit), FAILED if KubeRay gave up, STOPPED if the RayJob is
// suspended.
std::string StatusName(const RayJobState& state);

}  // namespace kubectl_ray
