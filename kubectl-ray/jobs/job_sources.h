// Where a list of jobs comes from: dashboards and RayJobs.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/jobs/dashboard.h"

namespace kubectl_ray {

struct JobFilter {
  std::vector<std::string> statuses;   // in Ray's words; empty: all
  std::chrono::milliseconds since{0};  // started at most so long ago; 0: whenever

  // Whether the list has this record (see job_record.h).
  bool Passes(const Json& record) const;
};

// The dashboards of the clusters and the RayJobs of the namespace; each dashboard is connected once.
class JobSources {
 public:
  // `address` names one dashboard, or none: then every cluster of the namespace is asked. Both must outlive
  // this object.
  JobSources(CommandContext& context, const DashboardAddress& address)
      : context_(context), address_(address) {}

  // The records of all jobs that pass, newest first, secrets hidden. If other jobs are listed too, a cluster
  // that does not answer gets one warning on io.err; otherwise its error is returned. Blocks for a request or
  // more for each cluster.
  shared::Result<std::vector<Json>> Fetch(const JobFilter& filter);

 private:
  shared::Result<std::vector<std::string>> Clusters();
  shared::Result<std::vector<Json>> RayJobs();
  shared::Status AddJobsOf(const std::string& cluster, const JobFilter& filter, std::vector<Json>* records);

  CommandContext& context_;
  const DashboardAddress& address_;
  std::map<std::string, std::unique_ptr<Dashboard>> dashboards_;
  std::set<std::string> warned_;  // clusters that did not answer
};

}  // namespace kubectl_ray
