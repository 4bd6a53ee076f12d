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
  std::string cluster;  // empty: reached by --address, or a RayJob that has no cluster (yet, or any more)
  Json ray_job;         // the RayJob through which it was found, or null
  std::unique_ptr<Dashboard> dashboard;  // null only for a RayJob whose cluster does not answer
  std::string why_no_dashboard;
  std::string reference;  // what to type to mean it again, flags included
};

// Whether `argument` is a rayjob/NAME, and not an id.
bool IsRayJobName(const std::string& argument);

// `argument` is a submission id, a driver's job id, or rayjob/NAME. With --cluster or --address the job is
// taken to be there, without asking about it. With neither it is looked for in the namespace: first among the
// RayJobs, then in every cluster. Errors: kNotFound; otherwise those of ConnectDashboard.
shared::Result<FoundJob> FindJob(CommandContext& context, const DashboardAddress& address,
                                 const std::string& argument);

// Finds the job. If it is a RayJob's that is not over, waits until a dashboard knows the job, and prints on
// io.err what it waits for. A result without a dashboard is a RayJob that is over. Blocks until then or the
// Interrupt. kConflict: its pods are refused for good.
shared::Result<FoundJob> AwaitDashboard(CommandContext& context, const DashboardAddress& address,
                                        const std::string& argument);

// Calls on_ray_job for each RayJob of the namespace, page by page, until it returns false. Calls it for none
// if the API server has no RayJobs, or if they may not be listed: then with a note (KubeClient::Note).
shared::Status EachRayJob(const KubeClient& kube, const std::string& ns,
                          const std::function<bool(Json)>& on_ray_job);

// The job as an object: the dashboard's with what the RayJob adds, or the RayJob's own (see job_record.h).
shared::Result<Json> RecordOfJob(const FoundJob& job);

// `argument` and the flags of `address` that lead to the same dashboard again, quoted for a shell; never a
// token.
std::string Reference(const CommandContext& context, const DashboardAddress& address,
                      const std::string& argument);

}  // namespace kubectl_ray
