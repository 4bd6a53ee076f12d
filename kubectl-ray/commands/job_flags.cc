#include "kubectl-ray/commands/job_flags.h"

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/clusters/namespace_security.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/ports_flag.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/manifests/names.h"
#include "kubectl-ray/manifests/ray_cluster.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;

void AddDashboardFlags(Leaf& leaf, DashboardAddress* address) {
  leaf.FlagGroup("Which dashboard");
  AddClusterFlag(leaf, ClusterFlag::kLikeRaysOwn, &address->cluster,
                 "The Ray cluster, of either kind; reached by port-forward");
  AddDashboardUrlFlags(leaf, address);
  leaf.FlagGroup("");
}

void AddDashboardUrlFlags(Leaf& leaf, DashboardAddress* address) {
  leaf.Flag("--address", &address->address, "URL of a Ray dashboard, reached without port-forward");
  leaf.Flag("--headers", &address->headers, "JSON object of headers to send with every request");
  leaf.Flag("--verify", &address->verify, "true, false, or a file of CA certificates to trust");
  leaf.Flag("--ca", &address->ca, "File of CA certificates to trust");
  leaf.Flag("--ray-token-file", &address->token_file,
            "File with Ray's token; else $RAY_AUTH_TOKEN, $RAY_AUTH_TOKEN_PATH, or the cluster's Secret");
}

void AddJobArgument(Leaf& leaf, DashboardAddress* address, std::string* job) {
  AddDashboardFlags(leaf, address);
  leaf.Argument(
          "JOB", job,
          "Submission id, job id or rayjob/NAME; looked for in the namespace without --cluster and --address",
          RayJobTargetNames)
      ->required();
}

void AddJobsArgument(Leaf& leaf, DashboardAddress* address, std::vector<std::string>* jobs) {
  AddDashboardFlags(leaf, address);
  leaf.Argument("JOB", jobs, "Submission ids, or rayjob/NAME", RayJobTargetNames)->required();
}

namespace {

void AddPlainJobFlags(Leaf& leaf, JobFlags* flags) {
  leaf.Flag("--shell", &flags->shell, "A command line for the shell, instead of a program after --");
  leaf.Flag("--runtime-env", &flags->runtime_env_file, "YAML file with the runtime_env");
  leaf.Flag("--runtime-env-json", &flags->runtime_env_json, "The runtime_env as JSON");
  leaf.Flag("--env", &flags->env, "NAME=value for the job's environment; may be repeated");
  leaf.Flag(
      "--stop-grace-period", &flags->stop_grace_period,
      "How long the job may take to end when it is asked to, before it is killed; 3s if it is not given");
  leaf.Flag("--metadata-json", &flags->metadata_json, "JSON object of strings to attach to the job");
  leaf.Flag("--entrypoint-num-cpus", &flags->num_cpus, "CPUs to reserve for the entrypoint");
  leaf.Flag("--entrypoint-num-gpus", &flags->num_gpus, "GPUs to reserve for the entrypoint");
  leaf.Flag("--entrypoint-resources,--entrypoint-resource", &flags->resources_json,
            "JSON object of custom resources to reserve for the entrypoint");
}

}  // namespace

void AddJobFlags(Leaf& leaf, JobFlags* flags) {
  leaf.FlagGroup("What runs");
  leaf.Flag("--submission-id", &flags->submission_id, "The job's id; generated if it is not given");
  leaf.Flag("--working-dir", &flags->working_dir,
            "Directory, archive (.zip, .tar.gz, .tgz, .tar.xz) or remote URI that the job runs in");
  AddPlainJobFlags(leaf, flags);
  leaf.Flag("--env-from-secret", &flags->secret_env,
            "NAME=SECRET/KEY: a variable from a Secret of the namespace; may be repeated");
  leaf.Flag("--entrypoint-memory", &flags->memory, "Bytes of memory to reserve for the entrypoint");
  leaf.Flag("--entrypoint-label-selector", &flags->label_selector_json,
            "JSON object of node labels and what they have to be for the entrypoint; from Ray 2.54 on");
  leaf.FlagGroup("");
}

void AddStoredJobFlags(Leaf& leaf, JobFlags* flags) {
  leaf.FlagGroup("What runs");
  leaf.Flag("--working-dir", &flags->working_dir,
            "Remote URI of an archive that the job runs in; nothing is uploaded");
  AddPlainJobFlags(leaf, flags);
  leaf.FlagGroup("");
}

void AddRayJobFlags(Leaf& leaf, RayJobFlags* flags) {
  leaf.FlagGroup("A cluster of its own, as a RayJob");
  leaf.Flag("-f,--filename", &flags->filename, "YAML file with a RayJob in InteractiveMode");
  leaf.Flag("--name", &flags->name, "Name of the RayJob to make");
  AddRayJobClusterFlags(leaf, &flags->cluster);
  AddPortsFlag(leaf, &flags->ports);
  leaf.Flag("--ttl-seconds-after-finished", &flags->ttl_seconds_after_finished,
            "How long the cluster stays once the job is over; if it is not given, it stays")
      ->check(AtLeastZero());
  leaf.FlagGroup("");
}

Result<Json> RayJobFromFlags(CommandContext& context, const RayJobFlags& flags, Json file,
                             const JobRequest& request) {
  RayJobSpec ray_job{.name = flags.name,
                     .ns = {},
                     .submission_id = request.submission_id,
                     .entrypoint = request.entrypoint,
                     .ttl_seconds_after_finished = flags.ttl_seconds_after_finished};
  ASSIGN_OR_RETURN(ray_job.ns, context.Namespace());
  if (!file.is_null()) {
    if (!flags.ports.empty())
      return Fail(ErrorCode::kUsage, "cannot use --ports with --filename",
                  "Write the ports into the file's rayStartParams, or give --name instead of a file.");
    WarnOfStopHooks(shared::At(file, {"spec", "rayClusterSpec"}), context.io);
    return CompleteRayJob(std::move(file), ray_job);
  }
  TRY(CheckObjectName(kJobNames, flags.name));
  ClusterFlags cluster_flags = flags.cluster;
  cluster_flags.pods.no_agent = true;  // as the official plugin has it
  ASSIGN_OR_RETURN(ClusterSpec cluster, SpecFromFlags(cluster_flags, context.environment));
  cluster.name = ray_job.name;
  cluster.ns = ray_job.ns;
  TRY(FixPortsByFlag(flags.ports, context, &cluster));
  TRY(CheckClusterSpec(cluster));
  if (const auto kube = context.Kube()) DecidePodSecurity(**kube, &cluster);  // a dry run does without
  return RayJobFor(ray_job, RayClusterFor(cluster, Backend::kOperator));
}

}  // namespace kubectl_ray
