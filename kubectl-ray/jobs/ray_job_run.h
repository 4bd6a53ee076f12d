// `job submit -f` and `job submit --name`: a job with a cluster of its own, as a RayJob in interactive mode.
#pragma once

#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "shared/deadline.h"

namespace kubectl_ray {

// The RayJob in the YAML file `filename` ("-": stdin). Other documents in it get a warning on io.err. kUsage:
// it holds no RayJob, or several.
shared::Result<shared::Json> ReadRayJobFile(CommandContext& context, const std::string& filename);

// Makes the RayJob, and waits for its RayCluster's name, telling on stderr. `*name` is set once it is made.
// kTimeout: `deadline`; kConflict with a name: it ended without a cluster.
shared::Result<std::string> StartRayJob(CommandContext& context, const shared::Json& ray_job,
                                        shared::Deadline deadline, std::string* name);

// kConflict where it is over, suspended or deleted, so that its cluster will not come.
shared::Status CheckRayJobGoesOn(CommandContext& context, const std::string& name);

// Of a RayJob that is over: says how it went; an exit code.
int TellRayJobEnd(CommandContext& context, const shared::Json& ray_job);

// Where the job was lost with its cluster, which KubeRay takes away behind a RayJob's end: the end of the
// RayJob, as TellRayJobEnd. Where that is not over, `lost`, and where to ask on.
shared::Result<int> EndBehindCluster(CommandContext& context, const std::string& name, shared::Error lost);

// Follows the RayJob's own status to its end. An exit code; a RayJob that is gone by then, or a Ctrl-C, ends
// as the job did.
shared::Result<int> AwaitRayJob(CommandContext& context, const std::string& name, int job_code,
                                shared::Deadline deadline);

}  // namespace kubectl_ray
