#include "kubectl-ray/manifests/pod_template.h"

#include <algorithm>

#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/manifests/agent.h"
#include "kubectl-ray/manifests/pod_security.h"

namespace kubectl_ray {
namespace {

using shared::At;

Json ToJson(const StringMap& map) {
  Json object = Json::object();
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

void Append(Json& list, const Json& more) {
  for (const Json& item : more) list.push_back(item);
}

// Requests have all of them, limits all except the CPU unless it is asked for, as in the official plugin.
Json ResourceRequirements(const PodResources& resources) {
  Json requests = Json::object(), limits = Json::object();
  auto put = [](Json& to, const char* name, const std::string& text) {
    auto quantity = Quantity::Parse(name, text);
    if (quantity && !quantity->is_zero()) to[name] = text;
  };
  auto add = [&](const char* name, const std::string& text) {
    put(requests, name, text);
    put(limits, name, text);
  };
  put(requests, "cpu", resources.cpu);
  put(limits, "cpu", resources.cpu_limit);
  add("memory", resources.memory);
  add("ephemeral-storage", resources.ephemeral_storage);
  add("nvidia.com/gpu", resources.gpu);
  add(kTpuResource, resources.tpu);
  Json requirements = Json::object();
  if (!requests.empty()) requirements["requests"] = requests;
  if (!limits.empty()) requirements["limits"] = limits;
  return requirements;
}

// The ports that are had by name, and those that Ray would choose by chance if nothing fixed them.
Json ContainerPorts(const StringMap& params, const std::optional<int>& serve_port) {
  Json ports = Json::array();
  auto add = [&](const char* name, int port) { ports.push_back({{"containerPort", port}, {"name", name}}); };
  auto add_param = [&](const char* name, const char* param, int fallback) {
    const int port = PortParam(params, param, fallback);
    if (port != 0 || fallback != 0) add(name, port == 0 ? fallback : port);
  };
  if (serve_port) {
    add_param("gcs-server", "port", kGcsPort);
    add_param("dashboard", "dashboard-port", kDashboardPort);
    add_param("client", "ray-client-server-port", kClientPort);
    add("serve", *serve_port);
  }
  add_param("metrics", "metrics-export-port", kMetricsPort);
  add_param("node-manager", "node-manager-port", 0);
  add_param("object-manager", "object-manager-port", 0);
  add_param("runtime-env", "runtime-env-agent-port", 0);
  return ports;
}

void AddGcsFuse(Json& pod_template, const GcsFuse& fuse) {
  Json attributes = {{"bucketName", fuse.bucket_name}};
  auto add_bool = [&](const char* key, const std::optional<bool>& value) {
    if (value) attributes[key] = *value ? "true" : "false";
  };
  if (!fuse.mount_options.empty()) attributes["mountOptions"] = fuse.mount_options;
  add_bool("disableMetrics", fuse.disable_metrics);
  add_bool("gcsfuseMetadataPrefetchOnMount", fuse.metadata_prefetch_on_mount);
  add_bool("skipCSIBucketAccessCheck", fuse.skip_csi_bucket_access_check);
  Json& pod_spec = pod_template["spec"];
  pod_spec["volumes"].push_back(
      {{"name", "cluster-storage"},
       {"csi", {{"driver", "gcsfuse.csi.storage.gke.io"}, {"volumeAttributes", attributes}}}});
  pod_spec["containers"][0]["volumeMounts"].push_back(
      {{"name", "cluster-storage"}, {"mountPath", fuse.mount_path}});
  Json& annotations = pod_template["metadata"]["annotations"];
  if (!fuse.cpu.empty()) annotations["gke-gcsfuse/cpu-request"] = fuse.cpu;
  for (const char* kind : {"limit", "request"}) {
    const std::string suffix = kind;
    if (!fuse.memory.empty()) annotations["gke-gcsfuse/memory-" + suffix] = fuse.memory;
    if (!fuse.ephemeral_storage.empty())
      annotations["gke-gcsfuse/ephemeral-storage-" + suffix] = fuse.ephemeral_storage;
  }
}

void AddExtras(Json& pod_spec, const PodExtras& extras) {
  if (!extras.service_account.empty()) pod_spec["serviceAccountName"] = extras.service_account;
  if (!extras.priority_class.empty()) pod_spec["priorityClassName"] = extras.priority_class;
  if (!extras.tolerations.empty()) pod_spec["tolerations"] = extras.tolerations;
  for (const std::string& secret : extras.image_pull_secrets)
    pod_spec["imagePullSecrets"].push_back({{"name", secret}});
  Json& container = pod_spec["containers"][0];
  Append(container["env"], extras.env);
  Append(container["volumeMounts"], extras.volume_mounts);
  Append(pod_spec["volumes"], extras.volumes);
}

// Empty members would look as if they were meant.
void DropEmptyLists(Json& pod_template) {
  auto drop = [](Json& object, const char* key) {
    if (auto found = object.find(key); found != object.end() && found->empty()) object.erase(found);
  };
  Json& pod_spec = pod_template["spec"];
  drop(pod_spec["containers"][0], "env");
  drop(pod_spec["containers"][0], "volumeMounts");
  drop(pod_spec, "volumes");
  drop(pod_spec, "initContainers");
  drop(pod_template, "metadata");
}

// The Ray containers' names.
constexpr const char* kHeadContainer = "ray-head";
constexpr const char* kWorkerContainer = "ray-worker";

// Returns the patch without what it has for the other kind of pod's Ray container, by that one's name.
Json PatchFor(bool head, Json patch) {
  if (!At(patch, {"spec", "containers"}).is_array()) return patch;
  Json& containers = patch["spec"]["containers"];
  const std::string other = head ? kWorkerContainer : kHeadContainer;
  std::erase_if(containers.get_ref<Json::array_t&>(),
                [&](const Json& container) { return shared::StringAt(container, {"name"}) == other; });
  return patch;
}

struct PodRole {
  const char* container;
  bool head;
  const PodResources& resources;
  const StringMap& ray_start_params;
  const StringMap& node_selectors;
};

Json PodTemplate(const ClusterSpec& spec, const PodRole& role, Backend backend) {
  Json container = {{"name", role.container}, {"image", spec.image}};
  if (!spec.pods.image_pull_policy.empty()) container["imagePullPolicy"] = spec.pods.image_pull_policy;
  container["resources"] = ResourceRequirements(role.resources);
  container["ports"] = ContainerPorts(role.ray_start_params,
                                      role.head ? std::optional<int>(spec.head.serve_port) : std::nullopt);
  container["env"] = Json::array();
  container["volumeMounts"] = Json::array();
  if (Json context = SecurityContext(ChoosePodSecurity(spec.pods.security, spec.image, false));
      !context.is_null())
    container["securityContext"] = std::move(context);
  Json pod_spec = {{"containers", {container}},
                   {"initContainers", Json::array()},
                   {"volumes", Json::array()},
                   {"terminationGracePeriodSeconds", 30}};
  if (!role.node_selectors.empty()) pod_spec["nodeSelector"] = ToJson(role.node_selectors);
  Json pod_template = {{"metadata", Json::object()}, {"spec", pod_spec}};
  PutAgentInTemplate(pod_template, role.head, backend, spec.agent);
  AddExtras(pod_template["spec"], spec.pods);
  if (spec.gcs_fuse) AddGcsFuse(pod_template, *spec.gcs_fuse);
  DropEmptyLists(pod_template);
  if (!spec.pods.template_patch.is_null())
    MergePodTemplate(pod_template, PatchFor(role.head, spec.pods.template_patch));
  WriteQuantitiesAsText(&pod_template);
  return pod_template;
}

// Returns the member by which items of such a list are matched, or nullptr if the list is replaced.
const char* MergeKey(std::string_view list) {
  if (list == "volumeMounts") return "mountPath";
  if (list == "ports") return "containerPort";
  for (const char* named : {"containers", "initContainers", "volumes", "env", "imagePullSecrets"})
    if (list == named) return "name";
  return nullptr;
}

void MergeMember(Json& target, const std::string& key, const Json& patch);

void MergeObject(Json& target, const Json& patch) {
  if (!target.is_object()) target = Json::object();
  for (const auto& [key, value] : patch.items()) MergeMember(target, key, value);
}

void MergeList(Json& target, const Json& patch, const char* key, bool containers) {
  if (!target.is_array()) target = Json::array();
  for (const Json& item : patch) {
    const Json& id = At(item, {key});
    auto found = std::find_if(target.begin(), target.end(),
                              [&](const Json& there) { return !id.is_null() && At(there, {key}) == id; });
    if (found == target.end() && containers && id.is_null() && !target.empty()) found = target.begin();
    if (found == target.end())
      target.push_back(item);
    else
      MergeObject(*found, item);
  }
}

void MergeMember(Json& target, const std::string& key, const Json& patch) {
  if (patch.is_null()) {
    target.erase(key);
  } else if (patch.is_object()) {
    MergeObject(target[key], patch);
  } else if (const char* merge_key = MergeKey(key); merge_key != nullptr && patch.is_array()) {
    MergeList(target[key], patch, merge_key, key == "containers");
  } else {
    target[key] = patch;
  }
}

}  // namespace

Json HeadPodTemplate(const ClusterSpec& spec, Backend backend) {
  const HeadGroup& head = spec.head;
  return PodTemplate(spec, {kHeadContainer, true, head.resources, head.ray_start_params, head.node_selectors},
                     backend);
}

Json WorkerPodTemplate(const ClusterSpec& spec, const WorkerGroup& group, Backend backend) {
  return PodTemplate(spec,
                     {kWorkerContainer, false, group.resources, group.ray_start_params, group.node_selectors},
                     backend);
}

void SettlePod(Json& pod_spec) {
  if (!At(pod_spec, {"containers"}).is_array()) return;
  SettleAgent(pod_spec);
  DropContradictions(pod_spec);
}

void MergePodTemplate(Json& target, const Json& patch) { MergeObject(target, patch); }

}  // namespace kubectl_ray
