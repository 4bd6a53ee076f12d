#include "kubectl-ray/commands/job_flags.h"

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/manifests/ray_cluster.h"

namespace kubectl_ray {

using shared::Json;
using shared::Result;

void AddDashboardFlags(CLI::App& app, DashboardAddress* address) {
  const std::string group = "Which dashboard";
  app.add_option("--cluster", address->cluster, "The Ray cluster, of either kind; reached by port-forward")
      ->group(group);
  app.add_option("--address", address->address, "URL of a Ray dashboard, reached without port-forward")
      ->group(group);
  app.add_option("--headers", address->headers, "JSON object of headers to send with every request")
      ->group(group);
  app.add_option("--verify", address->verify, "true, false, or a file of CA certificates to trust")
      ->group(group);
  app.add_option("--ca", address->ca, "File of CA certificates to trust")->group(group);
  app.add_option("--ray-token-file", address->token_file,
                 "File with Ray's token; else $RAY_AUTH_TOKEN, $RAY_AUTH_TOKEN_PATH, or the cluster's Secret")
      ->group(group);
}

void AddJobArgument(CLI::App& app, DashboardAddress* address, std::string* job) {
  AddDashboardFlags(app, address);
  app.add_option(
         "JOB", *job,
         "Submission id, job id or rayjob/NAME; looked for in the namespace without --cluster and --address")
      ->required();
}

void AddJobFlags(CLI::App& app, JobFlags* flags) {
  const std::string group = "What runs";
  const auto add = [&](const char* name, std::string& value, const char* help) {
    return app.add_option(name, value, help)->group(group);
  };
  add("--submission-id", flags->submission_id, "The job's id; generated where it is not given");
  add("--shell", flags->shell, "A command line for the shell, instead of a program behind --");
  add("--working-dir", flags->working_dir,
      "Directory, archive (.zip, .tar.gz, .tgz, .tar.xz) or remote URI that the job runs in");
  add("--runtime-env", flags->runtime_env_file, "YAML file with the runtime_env");
  add("--runtime-env-json", flags->runtime_env_json, "The runtime_env as JSON");
  app.add_option("--env", flags->env, "NAME=value for the job's environment; may be repeated")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option("--env-from-secret", flags->secret_env,
                 "NAME=SECRET/KEY: a variable from a Secret of the namespace; may be repeated")
      ->group(group)
      ->allow_extra_args(false);
  add("--stop-grace-period", flags->stop_grace_period,
      "How long the job may take to end when it is asked to, before it is killed; 3s where it is not given");
  add("--metadata-json", flags->metadata_json, "JSON object of strings to attach to the job");
  app.add_option("--entrypoint-num-cpus", flags->num_cpus, "CPUs to reserve for the entrypoint")
      ->group(group);
  app.add_option("--entrypoint-num-gpus", flags->num_gpus, "GPUs to reserve for the entrypoint")
      ->group(group);
  app.add_option("--entrypoint-memory", flags->memory, "Bytes of memory to reserve for the entrypoint")
      ->group(group);
  add("--entrypoint-resources,--entrypoint-resource", flags->resources_json,
      "JSON object of custom resources to reserve for the entrypoint");
  add("--entrypoint-label-selector", flags->label_selector_json,
      "JSON object of node labels and what they have to be for the entrypoint; from Ray 2.54 on");
}

void AddRayJobFlags(CLI::App& app, RayJobFlags* flags) {
  const std::string group = "A cluster of its own, as a RayJob";
  const auto add = [&](const char* name, std::string& value, const char* help) {
    app.add_option(name, value, help)->group(group)->capture_default_str();
  };
  add("-f,--filename", flags->filename, "YAML file with a RayJob in InteractiveMode");
  add("--name", flags->name, "Name of the RayJob to make");
  add("--ray-version", flags->cluster.ray_version, "Ray version to use");
  add("--image", flags->cluster.image,
      "container image to use [$KUBECTL_RAY_IMAGE, else rayproject/ray:<ray-version>]");
  add("--head-cpu", flags->cluster.head.cpu, "number of CPUs in the Ray head");
  add("--head-memory", flags->cluster.head.memory, "amount of memory in the Ray head");
  add("--head-gpu", flags->cluster.head.gpu, "number of GPUs in the Ray head");
  app.add_option("--worker-replicas", flags->cluster.worker.replicas, "desired worker group replicas")
      ->group(group)
      ->capture_default_str();
  add("--worker-cpu", flags->cluster.worker.resources.cpu, "number of CPUs in each worker group replica");
  add("--worker-memory", flags->cluster.worker.resources.memory,
      "amount of memory in each worker group replica");
  add("--worker-gpu", flags->cluster.worker.resources.gpu, "number of GPUs in each worker group replica");
  app.add_option("--head-node-selectors", flags->cluster.head_node_selectors,
                 "Node selectors of the head pod, KEY=VALUE,...")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option("--worker-node-selectors", flags->cluster.worker_node_selectors,
                 "Node selectors of all worker pods, KEY=VALUE,...")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option("--ttl-seconds-after-finished", flags->ttl_seconds_after_finished,
                 "How long the cluster stays once the job is over; where not given, it stays")
      ->group(group)
      ->check(AtLeastZero());
}

Result<Json> RayJobFromFlags(CommandContext& context, const RayJobFlags& flags, Json file,
                             const JobRequest& request) {
  RayJobSpec ray_job{.name = flags.name,
                     .ns = {},
                     .submission_id = request.submission_id,
                     .entrypoint = request.entrypoint,
                     .ttl_seconds_after_finished = flags.ttl_seconds_after_finished};
  ASSIGN_OR_RETURN(ray_job.ns, context.Namespace());
  if (!file.is_null()) return CompleteRayJob(std::move(file), ray_job);
  ClusterFlags cluster_flags = flags.cluster;
  cluster_flags.pods.no_agent = true;  // as the official plugin has it
  ASSIGN_OR_RETURN(ClusterSpec cluster, SpecFromFlags(cluster_flags, context.environment));
  cluster.name = ray_job.name;
  cluster.ns = ray_job.ns;
  TRY(CheckClusterSpec(cluster));
  return RayJobFor(ray_job, RayClusterFor(cluster, Backend::kOperator));
}

}  // namespace kubectl_ray
