#include "kubectl-ray/jobs/job_sources.h"

#include <algorithm>

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/jobs/found_job.h"
#include "kubectl-ray/jobs/job_record.h"
#include "kubectl-ray/jobs/job_request.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::IntAt;
using shared::Result;
using shared::StringAt;

// The dashboard's jobs, as records.
shared::Status AddJobs(const Dashboard& dashboard, const std::string& cluster, const JobFilter& filter,
                       std::vector<Json>* records) {
  ASSIGN_OR_RETURN(Json list, dashboard.jobs().ListJson());
  for (Json& job : list) {
    if (!filter.Passes(job)) continue;
    records->push_back(HideSecrets(std::move(job)));
    if (!cluster.empty()) records->back()["ray_cluster"] = cluster;
  }
  return shared::Ok();
}

}  // namespace

bool JobFilter::Passes(const Json& record) const {
  const std::string status = StringAt(record, {"status"});
  if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), status) == statuses.end())
    return false;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return since.count() == 0 || IntAt(record, {"start_time"}) >= now.count() - since.count();
}

Result<std::vector<Json>> JobSources::Fetch(const JobFilter& filter) {
  std::vector<Json> records, ray_jobs;
  if (address_.address.empty()) {
    ASSIGN_OR_RETURN(ray_jobs, RayJobs());
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> clusters, Clusters());
  for (const std::string& cluster : clusters) {
    const shared::Status added = AddJobsOf(cluster, filter, &records);
    if (added) continue;
    const bool others = clusters.size() > 1 || !ray_jobs.empty() || address_.cluster.empty();
    if (added.error().code == ErrorCode::kInterrupted || !address_.address.empty() || !others)
      return shared::Unexpected(added.error());
    dashboards_.erase(cluster);
    if (warned_.insert(cluster).second)
      context_.io.err << "warning: cannot list what the dashboard of cluster " << cluster
                      << " knows: " << shared::EscapeControl(added.error().message) << std::endl;
  }
  records = MergeRecords(std::move(records), ray_jobs);
  std::erase_if(records, [&](const Json& record) { return !filter.Passes(record); });
  std::stable_sort(records.begin(), records.end(), [](const Json& a, const Json& b) {
    return IntAt(a, {"start_time"}) > IntAt(b, {"start_time"});
  });
  return records;
}

// "" stands for --address.
Result<std::vector<std::string>> JobSources::Clusters() {
  if (!address_.address.empty() || !address_.cluster.empty()) return std::vector{address_.cluster};
  ASSIGN_OR_RETURN(const KubeClient* kube, context_.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context_.Namespace());
  return ListClusterNames(*kube, ns);
}

Result<std::vector<Json>> JobSources::RayJobs() {
  ASSIGN_OR_RETURN(const KubeClient* kube, context_.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context_.Namespace());
  std::vector<Json> ray_jobs;
  TRY(EachRayJob(*kube, ns, [&](Json ray_job) {
    const std::string cluster = StringAt(ray_job, {"status", "rayClusterName"});
    if (address_.cluster.empty() || cluster == address_.cluster) ray_jobs.push_back(std::move(ray_job));
    return true;
  }));
  return ray_jobs;
}

shared::Status JobSources::AddJobsOf(const std::string& cluster, const JobFilter& filter,
                                     std::vector<Json>* records) {
  std::unique_ptr<Dashboard>& dashboard = dashboards_[cluster];
  if (dashboard == nullptr) {
    DashboardAddress address = address_;
    address.cluster = cluster;
    ASSIGN_OR_RETURN(dashboard, ConnectDashboard(context_, address));
  }
  return AddJobs(*dashboard, cluster, filter, records);
}

}  // namespace kubectl_ray
