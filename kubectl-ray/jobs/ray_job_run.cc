#include "kubectl-ray/jobs/ray_job_run.h"

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/cli/pairs.h"
#include "kubectl-ray/commands/cluster_flags.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/follow_on_screen.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/cluster_spec.h"
#include "kubectl-ray/manifests/ray_cluster.h"
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

Result<ClusterSpec> SpecOf(const RayJobFlags& flags, const std::string& ns, const Environment& environment) {
  ClusterSpec spec;
  spec.name = flags.name;
  spec.ns = ns;
  spec.ray_version = flags.ray_version;
  spec.image = RayImage(flags.image, flags.ray_version, environment);
  spec.head.resources.cpu = flags.head_cpu;
  spec.head.resources.memory = flags.head_memory;
  spec.head.resources.gpu = flags.head_gpu;
  ASSIGN_OR_RETURN(spec.head.node_selectors, ParsePairs("--head-node-selectors", flags.head_selectors));
  WorkerGroup group;
  group.replicas = flags.worker_replicas;
  group.resources.cpu = flags.worker_cpu;
  group.resources.memory = flags.worker_memory;
  group.resources.gpu = flags.worker_gpu;
  ASSIGN_OR_RETURN(group.node_selectors, ParsePairs("--worker-node-selectors", flags.worker_selectors));
  spec.worker_groups.push_back(std::move(group));
  spec.agent.delivery = AgentOptions::Delivery::kNone;
  TRY(CheckClusterSpec(spec));
  return spec;
}

ListOptions Only(const std::string& name) { return {.field_selector = "metadata.name=" + name}; }

std::string JobIdOf(const Json& ray_job) {
  const std::string id = shared::StringAt(ray_job, {"status", "jobId"});
  return id.empty() ? "unknown" : id;
}

// One of that name and job id is that of an earlier submit, which was cut off or interrupted: it goes on.
// Created and never applied: that would put another job id into one that is there.
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

void TellStatus(std::ostream& err, const RayJobState& state, const std::string& name, const Json& ray_job) {
  err << official::CurrentStatus(shared::EscapeControl(state.status_text), name,
                                 shared::EscapeControl(JobIdOf(ray_job)))
      << std::endl;
}

}  // namespace

void AddRayJobFlags(CLI::App& app, RayJobFlags* flags) {
  const std::string group = "A cluster of its own, as a RayJob";
  const auto add = [&](const char* name, std::string& value, const char* help) {
    app.add_option(name, value, help)->group(group)->capture_default_str();
  };
  add("-f,--filename", flags->filename, "YAML file with a RayJob in InteractiveMode");
  add("--name", flags->name, "Name of the RayJob to make");
  add("--ray-version", flags->ray_version, "Ray version to use");
  add("--image", flags->image,
      "container image to use [$KUBECTL_RAY_IMAGE, else rayproject/ray:<ray-version>]");
  add("--head-cpu", flags->head_cpu, "number of CPUs in the Ray head");
  add("--head-memory", flags->head_memory, "amount of memory in the Ray head");
  add("--head-gpu", flags->head_gpu, "number of GPUs in the Ray head");
  app.add_option("--worker-replicas", flags->worker_replicas, "desired worker group replicas")
      ->group(group)
      ->capture_default_str();
  add("--worker-cpu", flags->worker_cpu, "number of CPUs in each worker group replica");
  add("--worker-memory", flags->worker_memory, "amount of memory in each worker group replica");
  add("--worker-gpu", flags->worker_gpu, "number of GPUs in each worker group replica");
  app.add_option("--head-node-selectors", flags->head_selectors,
                 "Node selectors of the head pod, KEY=VALUE,...")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option("--worker-node-selectors", flags->worker_selectors,
                 "Node selectors of all worker pods, KEY=VALUE,...")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option("--ttl-seconds-after-finished", flags->ttl_seconds_after_finished,
                 "How long the cluster stays once the job is over; where not given, it stays")
      ->group(group)
      ->check(AtLeastZero());
}

Result<Json> ReadRayJobFile(CommandContext& context, const RayJobFlags& flags) {
  if (flags.filename.empty()) return Json();
  if (!flags.name.empty()) return Fail(ErrorCode::kUsage, "cannot use --filename and --name together");
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(flags.filename, context.io.in));
  ASSIGN_OR_RETURN(std::vector<Json> documents, ParseYamlDocuments(flags.filename, text));
  Json ray_job;
  for (Json& document : documents) {
    const std::string kind = shared::StringAt(document, {"kind"});
    if (documents.size() > 1 && kind != "RayJob") {
      context.io.err << "warning: of " << shared::EscapeControl(flags.filename)
                     << " only the RayJob is made, not "
                     << shared::EscapeControl(
                            kind.empty()
                                ? "a document without a kind"
                                : kind + " \"" + shared::StringAt(document, {"metadata", "name"}) + "\"")
                     << "; make that with kubectl\n";
      continue;
    }
    if (!ray_job.is_null())
      return Fail(ErrorCode::kUsage, "cannot use " + flags.filename + ": it holds several RayJobs",
                  "Give each a file of its own.");
    ray_job = std::move(document);
  }
  if (!ray_job.is_null()) return ray_job;
  return Fail(ErrorCode::kUsage, "cannot use " + flags.filename + ": it holds no RayJob");
}

Result<Json> PlanRayJob(CommandContext& context, const RayJobFlags& flags, Json file,
                        const std::string& submission_id, const std::string& entrypoint) {
  RayJobSpec spec{.name = flags.name,
                  .ns = {},
                  .submission_id = submission_id,
                  .entrypoint = entrypoint,
                  .ttl_seconds_after_finished = flags.ttl_seconds_after_finished};
  ASSIGN_OR_RETURN(spec.ns, context.Namespace());
  if (!file.is_null()) return CompleteRayJob(std::move(file), spec);
  ASSIGN_OR_RETURN(const ClusterSpec cluster, SpecOf(flags, spec.ns, context.environment));
  return RayJobFor(spec, RayClusterFor(cluster, Backend::kOperator));
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
    TRY(CheckRayJobGoesOn(context, *name));
    return Fail(ErrorCode::kConflict, "RayJob \"" + *name + "\" has no cluster any more");
  }
  err << "Checking Cluster Status for cluster " << state.cluster << "..." << std::endl;
  return state.cluster;
}

shared::Status CheckRayJobGoesOn(CommandContext& context, const std::string& name) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  const auto ray_job = kube->Get(kRayJobs, ns, name);
  if (!ray_job && ray_job.error().code == ErrorCode::kNotFound)
    return Fail(ErrorCode::kConflict, "RayJob \"" + name + "\" was deleted before its job was submitted");
  if (!ray_job) return shared::Unexpected(ray_job.error());
  const RayJobState state = ReadRayJobState(*ray_job);
  const bool suspended = state.deployment_status == "Suspended" || state.deployment_status == "Suspending";
  if (!state.over && !suspended) return shared::Ok();
  return Fail(ErrorCode::kConflict, "RayJob \"" + name + "\" is " + state.deployment_status +
                                        ", and its job was never submitted" +
                                        (state.message.empty() ? "" : ": " + state.message));
}

int TellRayJobEnd(CommandContext& context, const Json& ray_job) {
  const RayJobState state = ReadRayJobState(ray_job);
  const std::string status = StatusName(state);
  std::ostream& err = context.io.err;
  err << "Job " << shared::EscapeControl(JobIdOf(ray_job)) << " finished with status "
      << shared::EscapeControl(status) << '.' << std::endl;
  // Behind its first line Ray's message repeats the output.
  if (!state.message.empty() && status != "SUCCEEDED")
    err << shared::EscapeControl(shared::FirstLine(state.message)) << std::endl;
  return ExitCodeOf(ParseJobStatus(status));
}

Result<int> EndBehindCluster(CommandContext& context, const std::string& name, shared::Error lost) {
  if (lost.code != ErrorCode::kNotFound && lost.code != ErrorCode::kConflict) return shared::Unexpected(lost);
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  const auto ray_job = kube->Get(kRayJobs, ns, name);
  if (ray_job && ReadRayJobState(*ray_job).over) return TellRayJobEnd(context, *ray_job);
  lost.hint = ray_job
                  ? "`kubectl ray job status rayjob/" + name + " -n " + ns + "` tells how its RayJob goes on."
                  : "Its RayJob \"" + name + "\" is not there any more either.";
  return shared::Unexpected(std::move(lost));
}

Result<int> AwaitRayJob(CommandContext& context, const std::string& name, int job_code, Deadline deadline) {
  std::ostream& err = context.io.err;
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  err << "Waiting for job to finish..." << std::endl;
  Json ray_job;
  std::string told = "none";
  const shared::Status watched = kube->Watch(
      kRayJobs, ns, Only(name), deadline.Min(Deadline::After(kStatusPatience)), [&](const WatchEvent& event) {
        if (event.type == WatchEventType::kDeleted) return false;  // its ttl was over
        if (event.type == WatchEventType::kSynced) return !ray_job.is_null();
        if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified) return true;
        ray_job = event.object;
        const RayJobState state = ReadRayJobState(ray_job);
        if (std::exchange(told, state.status_text) != state.status_text)
          TellStatus(err, state, name, ray_job);
        return !state.over;
      });
  if (!watched &&
      (watched.error().code == ErrorCode::kTimeout || watched.error().code == ErrorCode::kInterrupted)) {
    err << "RayJob " << name << " does not tell its end yet; the job itself is over." << std::endl;
    return job_code;
  }
  if (!watched) return shared::Unexpected(watched.error());
  if (!ReadRayJobState(ray_job).over) return job_code;
  return TellRayJobEnd(context, ray_job);
}

}  // namespace kubectl_ray
