// The job that an argument means, and the way to it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/jobs/dashboard.h"

namespace kubectl_ray {

struct FoundJob {
  std::string id;       // Ray's; empty: a RayJob that has none yet
  std::string cluster;  // empty: reached by --address, or a RayJob without a cluster (yet, or any more)
  Json ray_job;         // its RayJob where it was found by one, or null
  std::unique_ptr<Dashboard> dashboard;  // null only for a RayJob whose cluster does not answer
  std::string why_no_dashboard;
  std::string reference;  // what to type to mean it again, flags included
};

// Whether it is a rayjob/NAME, and no id.
bool IsRayJobName(const std::string& argument);

// `argument`: a submission id, a driver's job id, or rayjob/NAME. With --cluster or --address the job is
// there, and nothing is asked about it. With neither it is looked for in the namespace: first among the
// RayJobs, then in every cluster. kNotFound; otherwise as ConnectDashboard.
shared::Result<FoundJob> FindJob(CommandContext& context, const DashboardAddress& options,
                                 const std::string& argument);

// FindJob, and of a RayJob that is not over waits until its job can be asked about, telling on io.err for
// what. Without a dashboard the RayJob is over. Blocks until then or the Interrupt.
shared::Result<FoundJob> AwaitDashboard(CommandContext& context, const DashboardAddress& options,
                                        const std::string& argument);

// Calls on_ray_job for each RayJob of the namespace, page by page; false stops. None where the API server has
// no RayJobs, and none with a note (KubeClient::Note) where they may not be listed.
shared::Status EachRayJob(const KubeClient& kube, const std::string& ns,
                          const std::function<bool(Json)>& on_ray_job);

// Its object: the dashboard's with what the RayJob adds, or the RayJob's own (see job_record.h).
shared::Result<Json> RecordOfJob(const FoundJob& job);

// The flags of `options` that lead to the same dashboard again behind `argument`, quoted for a shell; never a
// token.
std::string Reference(const CommandContext& context, const DashboardAddress& options,
                      const std::string& argument);

}  // namespace kubectl_ray
