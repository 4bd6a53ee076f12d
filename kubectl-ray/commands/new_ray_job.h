// What `create job` and `create cronjob` share: the flags of a RayJob whose job KubeRay submits itself.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/commands/cluster_flags.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/jobs/new_ray_job.h"

namespace kubectl_ray {

struct NewRayJobFlags {
  JobFlags job;             // only those that AddStoredJobFlags adds
  std::string ray_cluster;  // empty: one of its own
  ClusterFlags cluster;     // only those that AddRayJobClusterFlags adds
  RayJobFate fate;
  std::vector<std::string> set;

  bool operator==(const NewRayJobFlags&) const = default;
};

void AddNewRayJobFlags(Leaf& leaf, NewRayJobFlags* flags);

// Adds --dry-run and --output. `noun` is the kind of what is made. The strings must outlive `leaf`.
void AddPrintRayJobFlags(Leaf& leaf, const std::string& noun, std::string* dry_run, std::string* output);

// Returns the RayJob's spec with a cluster for `name` and the namespace. `given`: ClusterFlagsGiven(), which
// --ray-cluster does not go with. Reads files, the namespace's labels and that cluster, of which it warns on
// io.err if it is not there; uploads nothing. kUsage.
shared::Result<Json> NewRayJobSpec(CommandContext& context, const NewRayJobFlags& flags,
                                   const std::string& name, const std::vector<std::string>& given);

// Applies --set to the new object, settles the pods of its RayJob's cluster, and checks it by the operator's
// rules. `spec_path`: where the RayJob's spec is in the object. kUsage.
shared::Status FinishNewObject(CommandContext& context, const NewRayJobFlags& flags,
                               const std::vector<std::string>& spec_path, Json* object);

}  // namespace kubectl_ray
