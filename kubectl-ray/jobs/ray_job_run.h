// `job submit -f` and `job submit --name`: a job with a cluster of its own, as a RayJob in interactive mode.
#pragma once

#include <string>

#include "kubectl-ray/cli/command.h"
#include "shared/deadline.h"
#include "shared/json.h"

namespace kubectl_ray {

// The RayJob in the YAML file `filename` ("-": stdin). Warns on io.err of every other document in it. kUsage:
// the file holds no RayJob, or several.
shared::Result<shared::Json> ReadRayJobFile(CommandContext& context, const std::string& filename);

// Makes the RayJob and waits until it has a RayCluster; prints on io.err what it waits for. Returns the
// cluster's name.
// `*name` is set as soon as the RayJob is made. Errors: kTimeout at `deadline`; kConflict with a `*name`: the
// RayJob ended without a cluster.
shared::Result<std::string> StartRayJob(CommandContext& context, const shared::Json& ray_job,
                                        shared::Deadline deadline, std::string* name);

// kConflict if its cluster will not come: the RayJob is over, suspended or deleted, or the cluster's pods are
// refused for good.
shared::Status CheckClusterWillCome(CommandContext& context, const std::string& name);

// If the cluster vanished because the RayJob ended: prints that end and returns its exit code. Otherwise
// returns `lost`, the error that ended the following, with a hint where to look.
shared::Result<int> EndOfLostJob(CommandContext& context, const std::string& name, shared::Error lost);

// Follows the RayJob's own status to its end and returns its exit code; `job_code`, that of the job, if the
// RayJob is gone by then or at Ctrl-C.
shared::Result<int> AwaitRayJobEnd(CommandContext& context, const std::string& name, int job_code,
                                   shared::Deadline deadline);

}  // namespace kubectl_ray
