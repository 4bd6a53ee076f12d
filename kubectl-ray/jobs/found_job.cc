#include "kubectl-ray/jobs/found_job.h"

#include <chrono>

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/jobs/job_record.h"
#include "kubectl-ray/jobs/ray_job_refusal.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/ray/entrypoint.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

constexpr std::chrono::milliseconds kAskAgain(1000);

Result<FoundJob> FromRayJob(CommandContext& context, DashboardAddress address, Json ray_job) {
  FoundJob job;
  const Json record = RecordOf(ray_job);
  job.id = StringAt(record, {"submission_id"});
  job.cluster = StringAt(record, {"ray_cluster"});
  job.reference = Reference(context, address, NameOf(record));
  job.ray_job = std::move(ray_job);
  if (job.id.empty()) {  // without one a dashboard would be asked about all its jobs
    job.why_no_dashboard = "RayJob \"" + StringAt(record, {"ray_job"}) + "\" has no job yet";
    return job;
  }
  if (address.address.empty() && job.cluster.empty()) {
    job.why_no_dashboard = "RayJob \"" + StringAt(record, {"ray_job"}) + "\" has no cluster";
    return job;
  }
  if (address.address.empty()) address.cluster = job.cluster;
  auto dashboard = ConnectDashboard(context, address);
  if (dashboard) {
    job.dashboard = *std::move(dashboard);
    return job;
  }
  const ErrorCode code = dashboard.error().code;
  if (code != ErrorCode::kNotFound && code != ErrorCode::kTimeout)
    return shared::Unexpected(dashboard.error());
  job.why_no_dashboard = dashboard.error().message;
  return job;
}

Result<FoundJob> FromDashboard(CommandContext& context, const DashboardAddress& address,
                               const std::string& argument) {
  FoundJob job;
  ASSIGN_OR_RETURN(job.dashboard, ConnectDashboard(context, address));
  job.id = argument;
  job.cluster = address.cluster;
  job.reference = Reference(context, address, argument);
  return job;
}

// The namespace's RayJob with this id, or null.
Result<Json> RayJobOf(const KubeClient& kube, const std::string& ns, const std::string& id) {
  Json found;
  TRY(EachRayJob(kube, ns, [&](Json ray_job) {
    if (StringAt(RecordOf(ray_job), {"submission_id"}) == id) found = std::move(ray_job);
    return found.is_null();
  }));
  return found;
}

Result<FoundJob> Search(CommandContext& context, DashboardAddress address, const std::string& id) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(Json ray_job, RayJobOf(*kube, ns, id));
  if (!ray_job.is_null()) return FromRayJob(context, std::move(address), std::move(ray_job));
  ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ListClusterNames(*kube, ns));
  std::string unasked;
  for (const std::string& cluster : clusters) {
    address.cluster = cluster;
    Result<FoundJob> job = FromDashboard(context, address, id);
    const Result<Json> there = job ? job->dashboard->jobs().GetJson(id) : shared::Unexpected(job.error());
    if (there) return job;
    if (there.error().code == ErrorCode::kInterrupted) return shared::Unexpected(there.error());
    if (there.error().code != ErrorCode::kNotFound) unasked += " Cluster " + cluster + " does not answer.";
  }
  return Fail(
      ErrorCode::kNotFound, "cannot find job \"" + id + "\" in any cluster of namespace \"" + ns + "\"",
      "`kubectl ray job list` shows the jobs there are; give --cluster NAME, --namespace, or --address "
      "URL of a dashboard for others." +
          unasked);
}

}  // namespace

shared::Status EachRayJob(const KubeClient& kube, const std::string& ns,
                          const std::function<bool(Json)>& on_ray_job) {
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayJobs));
  if (!served) return shared::Ok();
  const auto listed = kube.List(kRayJobs, ns, {}, on_ray_job);
  if (listed) return shared::Ok();
  if (listed.error().code != ErrorCode::kAuth) return shared::Unexpected(listed.error());
  kube.Note("RayJobs are left out: " + listed.error().message);
  return shared::Ok();
}

bool IsRayJobName(const std::string& argument) { return argument.find('/') != std::string::npos; }

Result<FoundJob> FindJob(CommandContext& context, const DashboardAddress& address,
                         const std::string& argument) {
  if (IsRayJobName(argument)) {
    ASSIGN_OR_RETURN(const Target target, ParseTarget(argument));
    if (target.kind != &RayJobKind())
      return Fail(ErrorCode::kUsage, "cannot take \"" + argument + "\" for a job",
                  "Give a submission id or rayjob/NAME; `kubectl ray job list` shows them.");
    if (!address.cluster.empty())
      return Fail(ErrorCode::kUsage, "cannot use --cluster with rayjob/NAME: a RayJob names its own cluster");
    ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
    ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
    ASSIGN_OR_RETURN(Json ray_job, FindObject(*kube, ns, target));
    return FromRayJob(context, address, std::move(ray_job));
  }
  if (address.cluster.empty() && address.address.empty()) return Search(context, address, argument);
  return FromDashboard(context, address, argument);
}

Result<FoundJob> AwaitDashboard(CommandContext& context, const DashboardAddress& address,
                                const std::string& argument) {
  std::string printed;
  while (true) {
    ASSIGN_OR_RETURN(FoundJob job, FindJob(context, address, argument));
    if (job.ray_job.is_null()) return job;
    if (job.dashboard != nullptr) {
      const auto there = job.dashboard->jobs().GetJson(job.id);
      if (there) return job;
      job.why_no_dashboard = there.error().message;
    }
    if (ReadRayJobState(job.ray_job).over) {
      job.dashboard.reset();
      return job;
    }
    ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
    ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
    const RayJobRefusal refusal = WhyRayJobIsRefused(*kube, ns, job.ray_job);
    TRY(refusal.Check());
    if (!refusal.why.empty()) job.why_no_dashboard += "; " + refusal.why;
    if (std::exchange(printed, job.why_no_dashboard) != job.why_no_dashboard)
      context.io.err << "Waiting for " << argument << ": " << shared::EscapeControl(printed) << std::endl;
    if (context.interrupt.WaitFor(kAskAgain))
      return Fail(ErrorCode::kInterrupted, "interrupted while waiting for \"" + argument + "\"");
  }
}

Result<Json> RecordOfJob(const FoundJob& job) {
  if (job.dashboard == nullptr || job.id.empty()) return RecordOf(job.ray_job);
  Result<Json> record = job.dashboard->jobs().GetJson(job.id);
  // Before the job is submitted and after its cluster has gone, the RayJob alone knows of it.
  if (!record && !job.ray_job.is_null() && record.error().code != ErrorCode::kInterrupted &&
      record.error().code != ErrorCode::kAuth)
    return RecordOf(job.ray_job);
  if (!record) return record;
  if (!job.cluster.empty()) (*record)["ray_cluster"] = job.cluster;
  if (!job.ray_job.is_null()) (*record)["ray_job"] = StringAt(job.ray_job, {"metadata", "name"});
  return record;
}

std::string Reference(const CommandContext& context, const DashboardAddress& address,
                      const std::string& argument) {
  std::vector<std::string> words = {argument};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  add("--cluster", address.cluster);
  add("--address", address.address);
  add("--ca", address.ca);
  add("--verify", address.verify);
  add("--ray-token-file", address.token_file);
  add("--namespace", context.global.kubeconfig.ns);
  add("--context", context.global.kubeconfig.context);
  add("--kubeconfig", context.global.kubeconfig.kubeconfig);
  return QuoteForShell(words);
}

}  // namespace kubectl_ray
