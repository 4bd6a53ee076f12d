// The flags of the commands about jobs: which job and which dashboard, what runs, and the cluster of a
// RayJob.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/commands/cluster_flags.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/jobs/job_request.h"

namespace kubectl_ray {

// --cluster, --address and how to get through to it.
void AddDashboardFlags(Leaf& leaf, DashboardAddress* address);
// The same without --cluster.
void AddDashboardUrlFlags(Leaf& leaf, DashboardAddress* address);

// The argument JOB of commands about one job or several, with AddDashboardFlags.
void AddJobArgument(Leaf& leaf, DashboardAddress* address, std::string* job);
void AddJobsArgument(Leaf& leaf, DashboardAddress* address, std::vector<std::string>* jobs);

// What runs and with what.
void AddJobFlags(Leaf& leaf, JobFlags* flags);

// Those of them that a RayJob has a field for, so that KubeRay can submit the job itself.
void AddStoredJobFlags(Leaf& leaf, JobFlags* flags);

// The official plugin's flags for a job with a cluster of its own, as a RayJob in interactive mode.
struct RayJobFlags {
  std::string filename;
  std::string name;
  ClusterFlags cluster;  // only those that AddRayJobFlags adds
  std::string ports;
  std::optional<int> ttl_seconds_after_finished;

  bool given() const { return !filename.empty() || !name.empty(); }
  bool operator==(const RayJobFlags&) const = default;
};

void AddRayJobFlags(Leaf& leaf, RayJobFlags* flags);

// The RayJob that would be sent: `file` completed if it is not null, else one with the cluster of the flags.
// kUsage.
shared::Result<shared::Json> RayJobFromFlags(CommandContext& context, const RayJobFlags& flags,
                                             shared::Json file, const JobRequest& request);

}  // namespace kubectl_ray
