#include "kubectl-ray/jobs/ray_job_run.h"

#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/job_outcome.h"
#include "kubectl-ray/jobs/ray_job_refusal.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;

// KubeRay gives the status within a second or two of the driver's end.
constexpr std::chrono::seconds kStatusPatience(60);

ListOptions Only(const std::string& name) { return {.field_selector = "metadata.name=" + name}; }

// A RayJob of the same name and job id comes from an earlier submit that was cut off or interrupted: that one
// is used. It is created and never applied, which would put another job id into one that is there.
Result<Json> MakeRayJob(const KubeClient& kube, const std::string& ns, const Json& ray_job) {
  Result<Json> made = kube.Create(kRayJobs, ns, ray_job);
  const std::string name = shared::StringAt(ray_job, {"metadata", "name"});
  if (made || made.error().code != ErrorCode::kConflict || name.empty()) return made;
  Result<Json> there = kube.Get(kRayJobs, ns, name);
  if (!there) return made;
  if (shared::At(*there, {"spec", "jobId"}) == shared::At(ray_job, {"spec", "jobId"})) return there;
  return Fail(ErrorCode::kConflict, "cannot make RayJob \"" + name + "\": one of this name is there already",
              "Choose another name, or take it away: kubectl ray delete rayjob/" + name);
}

void PrintStatus(std::ostream& err, const RayJobState& state, const std::string& name) {
  err << official::CurrentStatus(shared::EscapeControl(state.status_text), name,
                                 shared::EscapeControl(state.job_id))
      << std::endl;
}

}  // namespace

Result<Json> ReadRayJobFile(CommandContext& context, const std::string& filename) {
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(filename, context.io.in));
  ASSIGN_OR_RETURN(std::vector<Json> documents, ParseYamlDocuments(filename, text));
  Json ray_job;
  for (Json& document : documents) {
    const std::string kind = shared::StringAt(document, {"kind"});
    if (documents.size() > 1 && kind != "RayJob") {
      context.io.err << "warning: of " << shared::EscapeControl(filename) << " only the RayJob is made, not "
                     << shared::EscapeControl(
                            kind.empty()
                                ? "a document without a kind"
                                : kind + " \"" + shared::StringAt(document, {"metadata", "name"}) + "\"")
                     << "; make that with kubectl\n";
      continue;
    }
    if (!ray_job.is_null())
      return Fail(ErrorCode::kUsage, "cannot use " + filename + ": it holds several RayJobs",
                  "Give each a file of its own.");
    ray_job = std::move(document);
  }
  if (!ray_job.is_null()) return ray_job;
  return Fail(ErrorCode::kUsage, "cannot use " + filename + ": it holds no RayJob");
}

Result<std::string> StartRayJob(CommandContext& context, const Json& ray_job, Deadline deadline,
                                std::string* name) {
  std::ostream& err = context.io.err;
  const std::string ns = shared::StringAt(ray_job, {"metadata", "namespace"});
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Json made, MakeRayJob(*kube, ns, ray_job));
  *name = shared::StringAt(made, {"metadata", "name"});
  err << official::SubmittedRayJob(*name) << '\n' << official::WaitingForRayCluster() << std::endl;
  RayJobState state;
  const shared::Status watched =
      kube->Watch(kRayJobs, ns, Only(*name), deadline, [&](const WatchEvent& event) {
        if (event.type == WatchEventType::kDeleted) return false;
        if (event.type == WatchEventType::kAdded || event.type == WatchEventType::kModified)
          state = ReadRayJobState(event.object);
        return state.cluster.empty() && !state.over;
      });
  if (!watched && watched.error().code == ErrorCode::kTimeout)
    return Fail(ErrorCode::kTimeout,
                "RayJob \"" + *name + "\" has no cluster yet: is the KubeRay operator running?",
                "It stays as it is: see `kubectl describe rayjob " + *name + "`.");
  if (!watched && watched.error().code == ErrorCode::kInterrupted)
    return Fail(ErrorCode::kInterrupted, "interrupted while RayJob \"" + *name + "\" had no cluster yet");
  if (!watched) return shared::Unexpected(watched.error());
  if (state.cluster.empty()) {
    TRY(CheckClusterWillCome(context, *name));
    return Fail(ErrorCode::kConflict, "RayJob \"" + *name + "\" has no cluster any more");
  }
  err << "Checking Cluster Status for cluster " << state.cluster << "..." << std::endl;
  return state.cluster;
}

shared::Status CheckClusterWillCome(CommandContext& context, const std::string& name) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  const auto ray_job = kube->Get(kRayJobs, ns, name);
  if (!ray_job && ray_job.error().code == ErrorCode::kNotFound)
    return Fail(ErrorCode::kConflict, "RayJob \"" + name + "\" was deleted before its job was submitted");
  if (!ray_job) return shared::Unexpected(ray_job.error());
  const RayJobState state = ReadRayJobState(*ray_job);
  const bool suspended = state.deployment_status == "Suspended" || state.deployment_status == "Suspending";
  if (!state.over && !suspended) return WhyRayJobIsRefused(*kube, ns, *ray_job).Check();
  return Fail(ErrorCode::kConflict, "RayJob \"" + name + "\" is " + state.deployment_status +
                                        ", and its job was never submitted" +
                                        (state.message.empty() ? "" : ": " + state.message));
}

Result<int> EndOfLostJob(CommandContext& context, const std::string& name, shared::Error lost) {
  if (lost.code != ErrorCode::kNotFound && lost.code != ErrorCode::kConflict) return shared::Unexpected(lost);
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  const auto ray_job = kube->Get(kRayJobs, ns, name);
  if (ray_job && ReadRayJobState(*ray_job).over) return PrintRayJobOutcome(context, *ray_job);
  lost.hint = ray_job
                  ? "`kubectl ray job status rayjob/" + name + " -n " + ns + "` shows how its RayJob goes on."
                  : "Its RayJob \"" + name + "\" is not there any more either.";
  return shared::Unexpected(std::move(lost));
}

Result<int> AwaitRayJobEnd(CommandContext& context, const std::string& name, int job_code,
                           Deadline deadline) {
  std::ostream& err = context.io.err;
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  err << "Waiting for job to finish..." << std::endl;
  Json ray_job;
  std::string printed = "none";
  const shared::Status watched = kube->Watch(
      kRayJobs, ns, Only(name), deadline.Min(Deadline::After(kStatusPatience)), [&](const WatchEvent& event) {
        if (event.type == WatchEventType::kDeleted) return false;  // its ttl was over
        if (event.type == WatchEventType::kSynced) return !ray_job.is_null();
        if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified) return true;
        ray_job = event.object;
        const RayJobState state = ReadRayJobState(ray_job);
        if (std::exchange(printed, state.status_text) != state.status_text) PrintStatus(err, state, name);
        return !state.over;
      });
  if (!watched &&
      (watched.error().code == ErrorCode::kTimeout || watched.error().code == ErrorCode::kInterrupted)) {
    err << "RayJob " << name << " has not reported its end yet; the job itself is over." << std::endl;
    return job_code;
  }
  if (!watched) return shared::Unexpected(watched.error());
  if (!ReadRayJobState(ray_job).over) return job_code;
  return PrintRayJobOutcome(context, ray_job);
}

}  // namespace kubectl_ray
