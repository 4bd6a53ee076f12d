// Jobs as one list shows them: what dashboards tell, and RayJobs, each job once. Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// A record is a JobDetails of the dashboard, as Ray wrote it, and two members more where they are known:
// "ray_cluster", the cluster that runs it, and "ray_job", the name of its RayJob.

// A RayJob as a record: id, status and message of the resource. Its status is one of Ray's; a RayJob whose
// job is not there yet is PENDING, one that was suspended STOPPED.
shared::Json RecordOf(const shared::Json& ray_job);

// One record for each job. A RayJob whose job a dashboard told only lends its name to that record; the others
// come as RecordOf has them.
std::vector<shared::Json> MergeRecords(std::vector<shared::Json> of_dashboards,
                                       const std::vector<shared::Json>& ray_jobs);

// What other commands take for it: the submission id, the driver's job id where it was not submitted, or
// "rayjob/NAME" where its id is not known or its cluster not there.
std::string NameOf(const shared::Json& record);

}  // namespace kubectl_ray
