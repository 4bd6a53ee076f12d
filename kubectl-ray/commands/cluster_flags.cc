#include "kubectl-ray/commands/cluster_flags.h"

#include <algorithm>
#include <set>

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/pairs.h"
#include "kubectl-ray/commands/agent_flags.h"
#include "kubectl-ray/kinds/agent_port.h"
#include "kubectl-ray/kinds/stop_hook.h"
#include "kubectl-ray/manifests/pod_extras.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr const char* kImageVariable = "KUBECTL_RAY_IMAGE";

void AddImageFlags(Leaf& leaf, ClusterFlags* flags) {
  leaf.Flag("--ray-version", &flags->ray_version, "Ray version to use")->capture_default_str();
  leaf.Flag(
      "--image", &flags->image,
      std::string("Container image to use [$") + kImageVariable + ", else rayproject/ray:<ray-version>]");
}

void AddWorkerReplicas(Leaf& leaf, ClusterFlags* flags) {
  leaf.Flag("--worker-replicas", &flags->worker.replicas, "Desired worker group replicas")
      ->capture_default_str();
}

void AddWorkerSize(Leaf& leaf, ClusterFlags* flags) {
  PodResources& r = flags->worker.resources;
  leaf.Flag("--worker-cpu", &r.cpu, "Number of CPUs in each worker group replica")->capture_default_str();
  leaf.Flag("--worker-cpu-limit", &r.cpu_limit,
            "Limit of CPUs of each worker group replica, which Ray then counts");
  leaf.Flag("--worker-memory", &r.memory, "Amount of memory in each worker group replica")
      ->capture_default_str();
  leaf.Flag("--worker-gpu", &r.gpu, "Number of GPUs in each worker group replica")->capture_default_str();
}

void AddWorkerNodeSelectors(Leaf& leaf, ClusterFlags* flags) {
  leaf.Flag("--worker-node-selectors", &flags->worker_node_selectors,
            "Node selectors to apply to all worker pods (e.g. --worker-node-selectors "
            "cloud.google.com/gke-accelerator=nvidia-l4,cloud.google.com/gke-nodepool=my-node-pool)");
}

void AddWorkerFlags(Leaf& leaf, ClusterFlags* flags) {
  WorkerGroup& worker = flags->worker;
  PodResources& r = worker.resources;
  AddWorkerReplicas(leaf, flags);
  leaf.Flag("--worker-min-replicas", &worker.min_replicas, "Minimum number of replicas");
  leaf.Flag("--worker-max-replicas", &worker.max_replicas, "Maximum number of replicas");
  AddWorkerSize(leaf, flags);
  leaf.Flag("--worker-tpu", &r.tpu,
            "Number of TPUs in each worker group replica. If greater than 0, you must also set "
            "cloud.google.com/gke-tpu-accelerator and cloud.google.com/gke-tpu-topology in "
            "--worker-node-selectors.")
      ->capture_default_str();
  leaf.Flag("--worker-ephemeral-storage", &r.ephemeral_storage,
            "Amount of ephemeral storage in each worker group replica");
  leaf.Flag("--worker-ray-start-params", &flags->worker_ray_start_params,
            "A map of arguments to the Ray workers' 'ray start' entrypoint, e.g. '--worker-ray-start-params "
            "metrics-export-port=8080,num-cpus=2'");
  AddWorkerNodeSelectors(leaf, flags);
  leaf.Flag("--num-of-hosts", &worker.num_of_hosts, "Number of hosts in default worker group per replica")
      ->capture_default_str();
}

void AddHeadSize(Leaf& leaf, ClusterFlags* flags) {
  leaf.Flag("--head-cpu", &flags->head.cpu, "Number of CPUs in the Ray head")->capture_default_str();
  leaf.Flag("--head-cpu-limit", &flags->head.cpu_limit,
            "Limit of CPUs of the Ray head, which Ray then counts; a namespace's quota may ask for one");
  leaf.Flag("--head-memory", &flags->head.memory, "Amount of memory in the Ray head")->capture_default_str();
  leaf.Flag("--head-gpu", &flags->head.gpu, "Number of GPUs in the Ray head")->capture_default_str();
}

void AddHeadNodeSelectors(Leaf& leaf, ClusterFlags* flags) {
  leaf.Flag("--head-node-selectors", &flags->head_node_selectors,
            "Node selectors to apply to all head pods in the cluster (e.g. --head-node-selectors "
            "cloud.google.com/gke-accelerator=nvidia-l4,cloud.google.com/gke-nodepool=my-node-pool)");
}

void AddHeadFlags(Leaf& leaf, ClusterFlags* flags) {
  AddHeadSize(leaf, flags);
  leaf.Flag("--head-ephemeral-storage", &flags->head.ephemeral_storage,
            "Amount of ephemeral storage in the Ray head");
  leaf.Flag("--head-ray-start-params", &flags->head_ray_start_params,
            "A map of arguments to the Ray head's 'ray start' entrypoint, e.g. '--head-ray-start-params "
            "dashboard-host=0.0.0.0,num-cpus=2'");
  AddHeadNodeSelectors(leaf, flags);
}

void AddPodSecurityFlag(Leaf& leaf, PodFlags* pods) {
  leaf.Flag("--pod-security", &pods->pod_security,
            "What the containers are to meet: restricted; baseline: so that sudo and images of root work; "
            "privileged: nothing; auto: restricted for Ray's own images and where the namespace lets in "
            "nothing else")
      ->transform(OneOf({"auto", "restricted", "baseline", "privileged"}))
      ->capture_default_str();
}

void AddPodFlags(Leaf& leaf, PodFlags* pods) {
  leaf.FlagGroup("Pods");
  leaf.Flag("--toleration", &pods->tolerations,
            "A taint the pods tolerate: KEY[=VALUE][:EFFECT], as kubectl taint has it; may be repeated");
  leaf.Flag("--env", &pods->env, "Environment variable of the Ray containers: NAME=VALUE; may be repeated");
  leaf.Flag("--volume", &pods->volumes,
            "A volume of the Ray containers: SOURCE:PATH[:ro], SOURCE one of pvc/NAME, configmap/NAME, "
            "secret/NAME, hostpath/DIR, emptydir; may be repeated");
  leaf.Flag("--image-pull-secret", &pods->image_pull_secrets,
            "Secret to pull the image with; may be repeated");
  leaf.Flag("--image-pull-policy", &pods->image_pull_policy, "Always, IfNotPresent or Never");
  leaf.Flag("--priority-class", &pods->priority_class, "PriorityClass of the pods");
  leaf.Flag("--service-account", &pods->service_account, "ServiceAccount of the pods");
  leaf.Flag(
      "--pod-template", &pods->pod_template,
      "A PodTemplateSpec in YAML to merge into every pod's: a file's name, or the YAML itself. A container "
      "without a name is Ray's; ray-head and ray-worker are those of the head and of the workers.");
  AddPodSecurityFlag(leaf, pods);
  CLI::Option* image = AddAgentImageFlag(leaf, &pods->agent_image);
  CLI::Option* metrics = AddAgentMetricsFlag(leaf, &pods->agent_metrics);
  leaf.Flag("--no-agent", &pods->no_agent, "Start Ray without ray-init-agent, as KubeRay does")
      ->excludes(image)
      ->excludes(metrics);
  leaf.FlagGroup("");
}

shared::Result<AgentOptions> ChooseAgent(const PodFlags& flags) {
  if (!flags.no_agent) return AgentFrom(flags.agent_image, flags.agent_metrics, " or --no-agent");
  AgentOptions agent;
  agent.delivery = AgentOptions::Delivery::kNone;
  return agent;
}

std::string RayImage(const std::string& image, const std::string& ray_version,
                     const Environment& environment) {
  if (!image.empty()) return image;
  const std::string from_environment = environment(kImageVariable).value_or("");
  return from_environment.empty() ? "rayproject/ray:" + ray_version : from_environment;
}

}  // namespace

void AddClusterFlags(Leaf& leaf, ClusterFlags* flags) {
  leaf.Flag("--labels", &flags->labels, "K8s labels (e.g. --labels app=ray,env=dev)");
  leaf.Flag("--annotations", &flags->annotations,
            "K8s annotations (e.g. --annotations ttl-hours=24,owner=chthulu)");
  AddImageFlags(leaf, flags);
  AddHeadFlags(leaf, flags);
  AddWorkerFlags(leaf, flags);
  leaf.Flag("--autoscaler", &flags->autoscaler, "Autoscaler to use, supports: \"v1\", \"v2\"")
      ->transform(OneOf({"v1", "v2"}));
  AddPodFlags(leaf, &flags->pods);
}

void AddRayJobClusterFlags(Leaf& leaf, ClusterFlags* flags) {
  AddImageFlags(leaf, flags);
  AddHeadSize(leaf, flags);
  AddWorkerReplicas(leaf, flags);
  AddWorkerSize(leaf, flags);
  AddHeadNodeSelectors(leaf, flags);
  AddWorkerNodeSelectors(leaf, flags);
  AddPodSecurityFlag(leaf, &flags->pods);
}

void AddWorkerGroupFlags(Leaf& leaf, ClusterFlags* flags) {
  AddImageFlags(leaf, flags);
  AddWorkerFlags(leaf, flags);
  AddPodFlags(leaf, &flags->pods);
}

std::vector<std::string> ClusterFlagsGiven(const CLI::App& app) {
  static const std::set<std::string> kInFile = {"labels",
                                                "annotations",
                                                "ray-version",
                                                "image",
                                                "head-cpu",
                                                "head-cpu-limit",
                                                "head-memory",
                                                "head-gpu",
                                                "head-ephemeral-storage",
                                                "head-ray-start-params",
                                                "head-node-selectors",
                                                "worker-replicas",
                                                "worker-min-replicas",
                                                "worker-max-replicas",
                                                "worker-cpu",
                                                "worker-cpu-limit",
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
  spec.pods.security = ParsePodSecurity(pods.pod_security);
  ASSIGN_OR_RETURN(spec.agent, ChooseAgent(pods));
  for (const Json& variable : spec.pods.env)
    if (spec.agent.metrics_port != 0 && shared::StringAt(variable, {"name"}) == kAgentPortVariable)
      return shared::Fail(shared::ErrorCode::kUsage,
                          std::string("--agent-metrics and --env ") + kAgentPortVariable + " mean the same",
                          "Give one of them.");
  return spec;
}

void WarnOfStopHooks(const Json& ray_cluster_spec, Streams& io) {
  for (const std::string& hook : StopHooks(ray_cluster_spec))
    io.err << "warning: " << shared::EscapeControl(hook) << '\n' << std::flush;
}

}  // namespace kubectl_ray
