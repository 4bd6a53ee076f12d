// Jobs as one list shows them: those of the dashboards and the RayJobs, each job once. Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// A record is a JobDetails of the dashboard, as Ray wrote it, with two more members if they are known:
// "ray_cluster", the cluster that runs it, and "ray_job", the name of its RayJob.

// A RayJob as a record: id, status and message of the resource. Its status is one of Ray's: PENDING until
// there is a job, STOPPED if the RayJob was suspended.
shared::Json RecordOf(const shared::Json& ray_job);

// One record for each job. A RayJob whose job is among those of the dashboards adds its name to that record;
// every other RayJob is a record of its own, as RecordOf returns it.
std::vector<shared::Json> MergeRecords(std::vector<shared::Json> of_dashboards,
                                       const std::vector<shared::Json>& ray_jobs);

// What other commands accept for the job: its submission id; the driver's job id if it was not submitted;
// "rayjob/NAME" if its id is not known or its cluster is not there.
std::string NameOf(const shared::Json& record);

}  // namespace kubectl_ray
