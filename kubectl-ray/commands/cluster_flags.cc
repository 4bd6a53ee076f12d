#include "kubectl-ray/commands/cluster_flags.h"

#include <algorithm>
#include <set>

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/pairs.h"
#include "kubectl-ray/manifests/agent_archive.h"
#include "kubectl-ray/manifests/agent_config_map.h"
#include "kubectl-ray/manifests/pod_extras.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using List = std::vector<std::string>;

constexpr const char* kPodGroup = "Pods";
constexpr const char* kImageVariable = "KUBECTL_RAY_IMAGE";

// A flag that may be repeated and takes one value each time, so that it never swallows what stands behind.
CLI::Option* AddList(CLI::App& app, const char* name, List* values, const std::string& help) {
  return app.add_option(name, *values, help)->allow_extra_args(false);
}

void AddImageFlags(CLI::App& app, ClusterFlags* flags) {
  app.add_option("--ray-version", flags->ray_version, "Ray version to use")->capture_default_str();
  app.add_option(
      "--image", flags->image,
      std::string("container image to use [$") + kImageVariable + ", else rayproject/ray:<ray-version>]");
}

void AddWorkerFlags(CLI::App& app, ClusterFlags* flags) {
  WorkerGroup& worker = flags->worker;
  PodResources& r = worker.resources;
  app.add_option("--worker-replicas", worker.replicas, "desired worker group replicas")
      ->capture_default_str();
  app.add_option("--worker-min-replicas", worker.min_replicas, "minimum number of replicas");
  app.add_option("--worker-max-replicas", worker.max_replicas, "maximum number of replicas");
  app.add_option("--worker-cpu", r.cpu, "number of CPUs in each worker group replica")->capture_default_str();
  app.add_option("--worker-memory", r.memory, "amount of memory in each worker group replica")
      ->capture_default_str();
  app.add_option("--worker-gpu", r.gpu, "number of GPUs in each worker group replica")->capture_default_str();
  app.add_option("--worker-tpu", r.tpu,
                 "number of TPUs in each worker group replica. If greater than 0, you must also set "
                 "cloud.google.com/gke-tpu-accelerator and cloud.google.com/gke-tpu-topology in "
                 "--worker-node-selectors.")
      ->capture_default_str();
  app.add_option("--worker-ephemeral-storage", r.ephemeral_storage,
                 "amount of ephemeral storage in each worker group replica");
  AddList(app, "--worker-ray-start-params", &flags->worker_ray_start_params,
          "a map of arguments to the Ray workers' 'ray start' entrypoint, e.g. '--worker-ray-start-params "
          "metrics-export-port=8080,num-cpus=2'");
  AddList(app, "--worker-node-selectors", &flags->worker_node_selectors,
          "Node selectors to apply to all worker pods (e.g. --worker-node-selectors "
          "cloud.google.com/gke-accelerator=nvidia-l4,cloud.google.com/gke-nodepool=my-node-pool)");
  app.add_option("--num-of-hosts", worker.num_of_hosts, "number of hosts in default worker group per replica")
      ->capture_default_str();
}

void AddHeadFlags(CLI::App& app, ClusterFlags* flags) {
  app.add_option("--head-cpu", flags->head.cpu, "number of CPUs in the Ray head")->capture_default_str();
  app.add_option("--head-memory", flags->head.memory, "amount of memory in the Ray head")
      ->capture_default_str();
  app.add_option("--head-gpu", flags->head.gpu, "number of GPUs in the Ray head")->capture_default_str();
  app.add_option("--head-ephemeral-storage", flags->head.ephemeral_storage,
                 "amount of ephemeral storage in the Ray head");
  AddList(app, "--head-ray-start-params", &flags->head_ray_start_params,
          "a map of arguments to the Ray head's 'ray start' entrypoint, e.g. '--head-ray-start-params "
          "dashboard-host=0.0.0.0,num-cpus=2'");
  AddList(app, "--head-node-selectors", &flags->head_node_selectors,
          "Node selectors to apply to all head pods in the cluster (e.g. --head-node-selectors "
          "cloud.google.com/gke-accelerator=nvidia-l4,cloud.google.com/gke-nodepool=my-node-pool)");
}

void AddPodFlags(CLI::App& app, PodFlags* pods) {
  AddList(app, "--toleration", &pods->tolerations,
          "a taint the pods tolerate: KEY[=VALUE][:EFFECT], as kubectl taint has it; may be repeated")
      ->group(kPodGroup);
  AddList(app, "--env", &pods->env, "environment variable of the Ray containers: NAME=VALUE; may be repeated")
      ->group(kPodGroup);
  AddList(app, "--volume", &pods->volumes,
          "a volume of the Ray containers: SOURCE:PATH[:ro], SOURCE one of pvc/NAME, configmap/NAME, "
          "secret/NAME, "
          "hostpath/DIR, emptydir; may be repeated")
      ->group(kPodGroup);
  AddList(app, "--image-pull-secret", &pods->image_pull_secrets,
          "Secret to pull the image with; may be repeated")
      ->group(kPodGroup);
  app.add_option("--image-pull-policy", pods->image_pull_policy, "Always, IfNotPresent or Never")
      ->group(kPodGroup);
  app.add_option("--priority-class", pods->priority_class, "PriorityClass of the pods")->group(kPodGroup);
  app.add_option("--service-account", pods->service_account, "ServiceAccount of the pods")->group(kPodGroup);
  app.add_option("--pod-template", pods->pod_template,
                 "a PodTemplateSpec in YAML to merge into every pod's: a file's name, or the YAML itself")
      ->group(kPodGroup);
  CLI::Option* image = app.add_option("--agent-image", pods->agent_image,
                                      "take ray-init-agent from this image instead of a ConfigMap")
                           ->group(kPodGroup);
  app.add_flag("--no-agent", pods->no_agent, "start Ray without ray-init-agent, as KubeRay does")
      ->group(kPodGroup)
      ->excludes(image);
}

shared::Result<AgentOptions> ChooseAgent(const PodFlags& flags) {
  AgentOptions agent;
  if (flags.no_agent) {
    agent.delivery = AgentOptions::Delivery::kNone;
  } else if (!flags.agent_image.empty()) {
    agent.delivery = AgentOptions::Delivery::kImage;
    agent.image = flags.agent_image;
  } else {
    for (const AgentArchive& archive : EmbeddedAgents())
      agent.sources.push_back({AgentConfigMapName(archive), std::string(archive.architecture)});
    if (agent.sources.empty())
      return Fail(ErrorCode::kUsage,
                  "cannot put ray-init-agent into the pods: this build of kubectl-ray carries none",
                  "Use --agent-image IMAGE or --no-agent.");
  }
  return agent;
}

std::string RayImage(const std::string& image, const std::string& ray_version,
                     const Environment& environment) {
  if (!image.empty()) return image;
  const std::string from_environment = environment(kImageVariable).value_or("");
  return from_environment.empty() ? "rayproject/ray:" + ray_version : from_environment;
}

}  // namespace

void AddClusterFlags(CLI::App& app, ClusterFlags* flags) {
  AddList(app, "--labels", &flags->labels, "K8s labels (e.g. --labels app=ray,env=dev)");
  AddList(app, "--annotations", &flags->annotations,
          "K8s annotations (e.g. --annotations ttl-hours=24,owner=chthulu)");
  AddImageFlags(app, flags);
  AddHeadFlags(app, flags);
  AddWorkerFlags(app, flags);
  app.add_option("--autoscaler", flags->autoscaler, "autoscaler to use, supports: \"v1\", \"v2\"")
      ->transform(OneOf({"v1", "v2"}));
  AddPodFlags(app, &flags->pods);
}

void AddWorkerGroupFlags(CLI::App& app, ClusterFlags* flags) {
  AddImageFlags(app, flags);
  AddWorkerFlags(app, flags);
  AddPodFlags(app, &flags->pods);
}

std::vector<std::string> ClusterFlagsGiven(const CLI::App& app) {
  static const std::set<std::string> kInFile = {"labels",
                                                "annotations",
                                                "ray-version",
                                                "image",
                                                "head-cpu",
                                                "head-memory",
                                                "head-gpu",
                                                "head-ephemeral-storage",
                                                "head-ray-start-params",
                                                "head-node-selectors",
                                                "worker-replicas",
                                                "worker-min-replicas",
                                                "worker-max-replicas",
                                                "worker-cpu",
                                                "worker-memory",
                                                "worker-gpu",
                                                "worker-tpu",
                                                "worker-ephemeral-storage",
                                                "worker-ray-start-params",
                                                "worker-node-selectors",
                                                "num-of-hosts",
                                                "autoscaler",
                                                "service-account"};
  std::vector<std::string> given;
  for (const CLI::Option* option : app.get_options())
    if (option->count() > 0 && !option->get_lnames().empty() &&
        kInFile.contains(option->get_lnames().front()))
      given.push_back(option->get_lnames().front());
  std::sort(given.begin(), given.end());
  return given;
}

shared::Result<ClusterSpec> SpecFromFlags(const ClusterFlags& flags, const Environment& environment) {
  ClusterSpec spec;
  ASSIGN_OR_RETURN(spec.labels, ParsePairs("--labels", flags.labels));
  ASSIGN_OR_RETURN(spec.annotations, ParsePairs("--annotations", flags.annotations));
  spec.ray_version = flags.ray_version.empty() ? kDefaultRayVersion : flags.ray_version;
  spec.image = RayImage(flags.image, spec.ray_version, environment);
  spec.head.resources = flags.head;
  ASSIGN_OR_RETURN(spec.head.ray_start_params,
                   ParsePairs("--head-ray-start-params", flags.head_ray_start_params));
  ASSIGN_OR_RETURN(spec.head.node_selectors, ParsePairs("--head-node-selectors", flags.head_node_selectors));
  WorkerGroup worker = flags.worker;
  ASSIGN_OR_RETURN(worker.ray_start_params,
                   ParsePairs("--worker-ray-start-params", flags.worker_ray_start_params));
  ASSIGN_OR_RETURN(worker.node_selectors, ParsePairs("--worker-node-selectors", flags.worker_node_selectors));
  spec.worker_groups = {std::move(worker)};
  spec.autoscaler = flags.autoscaler;
  const PodFlags& pods = flags.pods;
  ASSIGN_OR_RETURN(spec.pods.tolerations, ParseTolerations(pods.tolerations));
  ASSIGN_OR_RETURN(spec.pods.env, ParseEnv(pods.env));
  TRY(ParseVolumes(pods.volumes, &spec.pods.volumes, &spec.pods.volume_mounts));
  spec.pods.image_pull_secrets = pods.image_pull_secrets;
  spec.pods.image_pull_policy = pods.image_pull_policy;
  spec.pods.priority_class = pods.priority_class;
  spec.pods.service_account = pods.service_account;
  ASSIGN_OR_RETURN(spec.pods.template_patch, ParsePodTemplate(pods.pod_template));
  ASSIGN_OR_RETURN(spec.agent, ChooseAgent(pods));
  return spec;
}

}  // namespace kubectl_ray
