#include "kubectl-ray/manifests/deployments.h"

#include <algorithm>
#include <map>
#include <set>

#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/resource_totals.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "shared/ray_start_params.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::DumpJson;
using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::StringAt;

// One Ray node group of a RayCluster, head or workers.
struct Group {
  std::string cluster;
  std::string ns;
  bool head;
  std::string name;
  const Json& ray_start_params;
  const Json& pod_template;
};

// Sets the labels of KubeRay's labelPod. The user's own labels of the template do not override the first
// three.
Json PodLabels(const Group& group) {
  const std::string type = group.head ? "head" : "worker";
  Json labels = {{kIsRayNodeLabel, "yes"},
                 {kIdentifierLabel, (group.cluster + "-" + type).substr(0, 63)},
                 {kApplicationLabel, "kuberay"},
                 {kCreatedByLabel, "kuberay-operator"}};
  for (const auto& [key, value] : At(group.pod_template, {"metadata", "labels"}).items()) labels[key] = value;
  labels[kClusterLabel] = group.cluster;
  labels[kNodeTypeLabel] = type;
  labels[kGroupLabel] = group.name;
  return labels;
}

Json FieldEnv(const char* name, const std::string& path) {
  return {{"name", name}, {"valueFrom", {{"fieldRef", {{"fieldPath", path}}}}}};
}

// The pods' search domains complete it, because only the cluster knows the name of its domain.
std::string HeadHost(const Group& group) { return HeadServiceName(group.cluster) + "." + group.ns + ".svc"; }

// Does what KubeRay's setContainerEnvVars does; keeps what the user set.
void AddEnvironment(Json& container, const Group& group, const std::string& gcs_port) {
  Json& env = container["env"];
  auto add = [&](Json variable) {
    const bool there = std::any_of(env.begin(), env.end(), [&](const Json& v) {
      return StringAt(v, {"name"}) == StringAt(variable, {"name"});
    });
    if (!there) env.push_back(std::move(variable));
  };
  auto add_value = [&](const char* name, const std::string& value) {
    add({{"name", name}, {"value", value}});
  };
  const std::string address = group.head ? "127.0.0.1" : HeadHost(group);
  if (!group.head) {
    add_value("FQ_RAY_IP", address);
    add_value("RAY_IP", HeadServiceName(group.cluster));
  }
  add(FieldEnv("RAY_CLUSTER_NAME", "metadata.labels['ray.io/cluster']"));
  add(FieldEnv("RAY_CLUSTER_NAMESPACE", "metadata.namespace"));
  add(FieldEnv("RAY_CLOUD_INSTANCE_ID", "metadata.name"));
  add(FieldEnv("RAY_NODE_TYPE_NAME", "metadata.labels['ray.io/group']"));
  add_value("RAY_PORT", gcs_port);
  add_value("RAY_ADDRESS", address + ":" + gcs_port);
  add_value("RAY_USAGE_STATS_KUBERAY_IN_USE", "1");
  add_value("RAY_DASHBOARD_ENABLE_K8S_DISK_USAGE", "1");
}

// Adds an accelerator to Ray's custom resources, unless they have one already.
void AddAccelerator(Json* params, const std::string& name, std::int64_t count) {
  shared::RayStartParams given;
  if (const auto found = params->find("resources"); found != params->end())
    given["resources"] = found->is_string() ? found->get<std::string>() : DumpJson(*found);
  if (auto resources = shared::WithAccelerator(given, name, count))
    (*params)["resources"] = *std::move(resources);
}

// Returns rayStartParams with what KubeRay takes from the container's resources.
Json CompleteParams(const Group& group, const Json& container) {
  Json params = group.ray_start_params.is_object() ? group.ray_start_params : Json::object();
  auto set_missing = [&](const char* key, const Quantity& value) {
    if (!params.contains(key) && !value.is_zero()) params[key] = std::to_string(value.value());
  };
  set_missing("num-cpus", ResourceOf(container, "limits", "cpu"));
  set_missing("num-cpus", ResourceOf(container, "requests", "cpu"));
  set_missing("memory", ResourceOf(container, "limits", "memory"));
  std::set<std::string> names;  // in KubeRay's order
  if (const Json& limits = At(container, {"resources", "limits"}); limits.is_object())
    for (const auto& [name, unused] : limits.items()) names.insert(name);
  for (const std::string& name : names) {
    const Quantity limit = ResourceOf(container, "limits", name);
    if (IsGpuResource(name)) set_missing("num-gpus", limit);
    if (!RayAcceleratorOf(name).empty() && !limit.is_zero())
      AddAccelerator(&params, std::string(RayAcceleratorOf(name)), limit.value());
  }
  return params;
}

// Adds a /dev/shm in memory, as large as the container's memory, for the object store.
void AddSharedMemory(Json& pod_spec, const Json& params) {
  Json& container = pod_spec["containers"][0];
  for (const Json& mount : container["volumeMounts"])
    if (StringAt(mount, {"mountPath"}) == "/dev/shm") return;
  if (params.contains("plasma-directory")) return;
  Json empty_dir = {{"medium", "Memory"}};
  std::string size = StringAt(container, {"resources", "requests", "memory"});
  if (size.empty()) size = StringAt(container, {"resources", "limits", "memory"});
  if (!size.empty()) empty_dir["sizeLimit"] = size;
  container["volumeMounts"].push_back({{"name", "shared-mem"}, {"mountPath", "/dev/shm"}});
  pod_spec["volumes"].push_back({{"name", "shared-mem"}, {"emptyDir", empty_dir}});  // may move `container`
}

// Sets the command that KubeRay would generate, for pods without our agent. A worker first waits for the GCS.
std::string ShellCommand(const Group& group, Json params) {
  auto set_missing = [&](const char* key, const std::string& value) {
    if (!params.contains(key)) params[key] = value;
  };
  if (group.head)
    set_missing("dashboard-host", "0.0.0.0");
  else
    set_missing("address", "$FQ_RAY_IP:$RAY_PORT");
  set_missing("metrics-export-port", std::to_string(kMetricsPort));
  set_missing("dashboard-agent-listen-port", std::to_string(kDashboardAgentPort));
  params["block"] = "true";
  std::map<std::string, std::string> sorted;
  for (const auto& [key, value] : params.items())
    sorted[key] = value.is_string() ? value.get<std::string>() : DumpJson(value);
  std::string command = "ulimit -n ${RAY_START_ULIMIT_OPEN_FILES:-65536}; ";
  if (!group.head)
    command += "until ray health-check --address $FQ_RAY_IP:$RAY_PORT > /dev/null 2>&1; do sleep 5; done; ";
  command += group.head ? "exec ray start --head" : "exec ray start";
  for (const auto& [key, value] : sorted) {
    const bool takes_text = key == "log-color" || key == "include-dashboard" || key == "include-log-monitor";
    if (!takes_text && value == "true") command += " --" + key;
    if (!takes_text && (value == "true" || value == "false")) continue;
    command += " --" + key + "=" + value;
  }
  return command;
}

// Does what KubeRay's initLivenessAndReadinessProbe does, for pods without our agent.
void AddProbes(Json& container, const Group& group) {
  const auto param = [&](const char* key, int port) { return PortParam(group.ray_start_params, key, port); };
  auto asks = [](int seconds, int port, const char* path) {
    return "wget --tries 1 -T " + std::to_string(seconds) +
           " -q -O- http://localhost:" + std::to_string(port) + path + " | grep success";
  };
  std::string check =
      asks(2, param("dashboard-agent-listen-port", kDashboardAgentPort), "/api/local_raylet_healthz");
  if (group.head) check += " && " + asks(10, param("dashboard-port", kDashboardPort), "/api/gcs_healthz");
  Json probe = {{"exec", {{"command", {"bash", "-c", check}}}},
                {"timeoutSeconds", group.head ? 5 : 2},
                {"periodSeconds", 5}};
  if (!container.contains("readinessProbe")) {
    container["readinessProbe"] = probe;
    container["readinessProbe"]["initialDelaySeconds"] = 10;
    container["readinessProbe"]["failureThreshold"] = 10;
  }
  if (!container.contains("livenessProbe")) {
    container["livenessProbe"] = probe;
    container["livenessProbe"]["initialDelaySeconds"] = 30;
    container["livenessProbe"]["failureThreshold"] = 120;
  }
}

// If nothing says how many CPUs Ray has, it has those of the container's limit, which a LimitRange may set
// once the pod is made: Ray itself would round 700m down to none. Without a limit the downward API gives the
// node's CPUs, as Ray would.
Json CountLimit(Json& container, Json params) {
  if (params.contains("num-cpus")) return params;
  container["env"].push_back(
      {{"name", "RAY_CONTAINER_CPUS"}, {"valueFrom", {{"resourceFieldRef", {{"resource", "limits.cpu"}}}}}});
  params["num-cpus"] = "$RAY_CONTAINER_CPUS";
  return params;
}

Json PodTemplateFor(const Group& group, const std::string& gcs_port) {
  Json pod_template = {{"metadata", At(group.pod_template, {"metadata"})},
                       {"spec", At(group.pod_template, {"spec"})}};
  pod_template["metadata"]["labels"] = PodLabels(group);
  Json& pod_spec = pod_template["spec"];
  pod_spec.erase(
      "restartPolicy");  // a Deployment has Always alone; Never means that a pod is replaced, which it does
  Json& container = pod_spec["containers"][0];
  for (const char* list : {"env", "volumeMounts"})
    if (!container.contains(list)) container[list] = Json::array();
  const Json params = CompleteParams(group, container);
  AddEnvironment(container, group, gcs_port);
  if (container.contains("command")) {
    container["env"].push_back({{"name", "RAY_START_PARAMS"}, {"value", DumpJson(params)}});
    container["env"].push_back(
        {{"name", "RAY_INIT_AGENT_NODE_TYPE"}, {"value", group.head ? "head" : "worker"}});
  } else {
    container["command"] = {"/bin/bash", "-c", "--"};
    container["args"] = Json::array({ShellCommand(group, CountLimit(container, params))});
    AddProbes(container, group);
  }
  AddSharedMemory(pod_spec, params);
  return pod_template;
}

Json DeploymentFor(const Group& group, std::string name, std::int64_t replicas, const std::string& gcs_port) {
  Json pod_template = PodTemplateFor(group, gcs_port);
  const Json selector = {{kClusterLabel, group.cluster},
                         {kNodeTypeLabel, group.head ? "head" : "worker"},
                         {kGroupLabel, group.name}};
  Json labels = selector;
  labels[kIdentifierLabel] = pod_template["metadata"]["labels"][kIdentifierLabel];
  labels[kApplicationLabel] = "kuberay";
  labels[kManagedByLabel] = kManagedByUs;
  Json annotations = {{kReplicasAnnotation, std::to_string(replicas)}};
  if (group.ray_start_params.is_object() && !group.ray_start_params.empty())
    annotations[kRayStartParamsAnnotation] = DumpJson(group.ray_start_params);
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata",
           {{"name", std::move(name)},
            {"namespace", group.ns},
            {"labels", labels},
            {"annotations", annotations}}},
          {"spec",
           {{"replicas", replicas},
            {"revisionHistoryLimit", 2},
            // Two heads, or a worker of each template, must not be one cluster at the same time.
            {"strategy", {{"type", "Recreate"}}},
            {"selector", {{"matchLabels", selector}}},
            {"template", std::move(pod_template)}}}};
}

// Returns the ports that the head's container lists, by name; Ray's own if it lists none; metrics in any
// case. Source: getServicePorts in ray-operator/controllers/ray/common/service.go of KubeRay 1.7.
std::map<std::string, std::int64_t> HeadPorts(const Group& head, const Json& pod_template) {
  const auto param = [&](const char* key, int port) { return PortParam(head.ray_start_params, key, port); };
  std::map<std::string, std::int64_t> by_name;
  for (const Json& port : At(At(pod_template, {"spec", "containers"})[0], {"ports"})) {
    const std::int64_t number = IntAt(port, {"containerPort"});
    by_name[StringAt(port, {"name"}, std::to_string(number) + "-port")] = number;
  }
  if (by_name.empty())
    by_name = {{"client", param("ray-client-server-port", kClientPort)},
               {"dashboard", param("dashboard-port", kDashboardPort)},
               {"gcs-server", param("port", kGcsPort)},
               {"serve", kServePort}};
  by_name.emplace("metrics", param("metrics-export-port", kMetricsPort));
  return by_name;
}

Json HeadServiceFor(const Group& head, const Json& pod_template) {
  Json ports = Json::array();
  for (const auto& [name, port] : HeadPorts(head, pod_template))
    ports.push_back(
        {{"name", name}, {"port", port}, {"targetPort", port}, {"protocol", "TCP"}, {"appProtocol", "tcp"}});
  Json labels = {{kClusterLabel, head.cluster},
                 {kNodeTypeLabel, "head"},
                 {kIdentifierLabel, (head.cluster + "-head").substr(0, 63)},
                 {kApplicationLabel, "kuberay"},
                 {kCreatedByLabel, "kuberay-operator"}};
  labels[kManagedByLabel] = kManagedByUs;
  // By labels that no pod template overrides. With app.kubernetes.io/name, which a user may set, it could
  // have no endpoints.
  const Json selector = {{kClusterLabel, head.cluster}, {kNodeTypeLabel, "head"}};
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", {{"name", HeadServiceName(head.cluster)}, {"namespace", head.ns}, {"labels", labels}}},
          {"spec",
           {{"clusterIP", "None"},
            {"publishNotReadyAddresses", true},
            {"selector", selector},
            {"ports", ports}}}};
}

std::string GcsPortOf(const Json& ray_cluster) {
  const std::string port = StringAt(ray_cluster, {"spec", "headGroupSpec", "rayStartParams", "port"});
  return port.empty() ? std::to_string(kGcsPort) : port;
}

// Returns what the RayCluster asks for that nobody would do without the operator.
shared::Status CheckPlain(const Json& ray_cluster) {
  const Json& spec = At(ray_cluster, {"spec"});
  const std::string hint = "Install the KubeRay operator for this, or leave it out.";
  if (shared::BoolAt(spec, {"enableInTreeAutoscaling"}))
    return Fail(ErrorCode::kUsage,
                "cannot autoscale a cluster without the KubeRay operator: Ray's autoscaler adds and removes "
                "workers by "
                "writing a RayCluster, and nothing would act on it",
                "Set the number of workers with --worker-replicas and `kubectl ray scale cluster`, or "
                "install the operator.");
  for (const char* field : {"gcsFaultToleranceOptions", "authOptions", "tlsOptions", "networkPolicy",
                            "historyServerOptions", "managedBy", "upgradeStrategy"})
    if (!At(spec, {field}).is_null())
      return Fail(ErrorCode::kUsage,
                  std::string("cannot use \"spec.") + field + "\" without the KubeRay operator", hint);
  for (const Json& group : At(spec, {"workerGroupSpecs"}))
    if (IntAt(group, {"numOfHosts"}, 1) > 1)
      return Fail(ErrorCode::kUsage,
                  "cannot make replicas of several hosts in worker group \"" +
                      StringAt(group, {"groupName"}) +
                      "\" without the KubeRay operator: only it keeps a replica's hosts together",
                  hint);
  return shared::Ok();
}

Group HeadGroupOf(const Json& ray_cluster) {
  return {StringAt(ray_cluster, {"metadata", "name"}),
          StringAt(ray_cluster, {"metadata", "namespace"}),
          true,
          kHeadGroupName,
          At(ray_cluster, {"spec", "headGroupSpec", "rayStartParams"}),
          At(ray_cluster, {"spec", "headGroupSpec", "template"})};
}

Json MapAnnotation(const Json& object, const char* annotation) {
  auto parsed = shared::ParseJson(StringAt(object, {"metadata", "annotations", annotation}, "{}"));
  return parsed && parsed->is_object() ? *parsed : Json::object();
}

std::int64_t NumberAnnotation(const Json& object, const char* annotation, std::int64_t fallback) {
  const std::string text = StringAt(object, {"metadata", "annotations", annotation});
  const bool number = !text.empty() && text.size() < 11 && text.find_first_not_of("0123456789") == text.npos;
  return number ? std::stoll(text) : fallback;
}

bool IsOurKey(const std::string& key) {
  static const std::vector<std::string> kOurs = {kClusterLabel,
                                                 kNodeTypeLabel,
                                                 kGroupLabel,
                                                 kIdentifierLabel,
                                                 kApplicationLabel,
                                                 kManagedByLabel,
                                                 kRayVersionAnnotation,
                                                 kRayStartParamsAnnotation,
                                                 kReplicasAnnotation,
                                                 kMinReplicasAnnotation,
                                                 kMaxReplicasAnnotation,
                                                 "deployment.kubernetes.io/revision"};
  return std::find(kOurs.begin(), kOurs.end(), key) != kOurs.end();
}

Json TheirKeys(const Json& map) {
  Json kept = Json::object();
  if (map.is_object())
    for (const auto& [key, value] : map.items())
      if (!IsOurKey(key)) kept[key] = value;
  return kept;
}

Json WorkerGroupSpecOf(const Json& deployment) {
  const std::int64_t replicas = IntAt(deployment, {"spec", "replicas"}, 1);
  return {{"groupName", StringAt(deployment, {"metadata", "labels", kGroupLabel})},
          {"replicas", NumberAnnotation(deployment, kReplicasAnnotation, replicas)},
          {"minReplicas", NumberAnnotation(deployment, kMinReplicasAnnotation, 0)},
          {"maxReplicas", NumberAnnotation(deployment, kMaxReplicasAnnotation, 2147483647)},
          {"numOfHosts", 1},
          {"rayStartParams", MapAnnotation(deployment, kRayStartParamsAnnotation)},
          {"template", At(deployment, {"spec", "template"})}};
}

Json Condition(const char* type, bool holds, const char* reason) {
  return {{"type", type}, {"status", holds ? "True" : "False"}, {"reason", reason}};
}

// Returns the status that KubeRay would report for the same pods.
Json StatusOf(const Json& head, const std::vector<Json>& workers, const Json& ray_cluster) {
  std::int64_t desired = 0, ready = 0, min = 0;
  for (const Json& worker : workers) {
    desired += IntAt(worker, {"spec", "replicas"});
    ready += IntAt(worker, {"status", "readyReplicas"});
    min += NumberAnnotation(worker, kMinReplicasAnnotation, 0);
  }
  const bool suspended = IntAt(head, {"spec", "replicas"}, 1) == 0;
  const bool head_ready = IntAt(head, {"status", "readyReplicas"}) > 0;
  const bool gone = IntAt(head, {"status", "replicas"}) == 0 &&
                    std::all_of(workers.begin(), workers.end(), [](const Json& w) {
                      return IntAt(w, {"status", "replicas"}) == 0;
                    });
  Json status = {{"desiredWorkerReplicas", desired},
                 {"readyWorkerReplicas", ready},
                 {"availableWorkerReplicas", ready},
                 {"minWorkerReplicas", min}};
  const ResourceTotals totals = suspended ? ResourceTotals() : DesiredResources(ray_cluster);
  status["desiredCPU"] = totals.cpu.ToString();
  status["desiredGPU"] = totals.gpu.ToString();
  status["desiredTPU"] = totals.tpu.ToString();
  status["desiredMemory"] = totals.memory.ToString();
  if (suspended && gone)
    status["state"] = "suspended";
  else if (!suspended && head_ready && ready >= desired)
    status["state"] = "ready";
  status["conditions"] = Json::array();
  if (suspended) {
    status["conditions"].push_back(
        Condition(gone ? "RayClusterSuspended" : "RayClusterSuspending", true, "Suspended"));
  } else {
    status["conditions"].push_back(
        Condition("HeadPodReady", head_ready, head_ready ? "HeadPodRunningAndReady" : "HeadPodNotReady"));
    status["conditions"].push_back(
        Condition("RayClusterProvisioned", head_ready && ready >= desired, "AllPodRunningAndReady"));
  }
  status["head"] = {{"serviceName", HeadServiceName(StringAt(head, {"metadata", "labels", kClusterLabel}))}};
  return status;
}

}  // namespace

shared::Result<Json> WorkerDeploymentFor(const Json& ray_cluster, const Json& worker_group_spec) {
  TRY(CheckPlain({{"spec", {{"workerGroupSpecs", Json::array({worker_group_spec})}}}}));
  const std::string cluster = StringAt(ray_cluster, {"metadata", "name"});
  const std::string name = StringAt(worker_group_spec, {"groupName"});
  const Group group{
      cluster, StringAt(ray_cluster, {"metadata", "namespace"}), false,
      name,    At(worker_group_spec, {"rayStartParams"}),        At(worker_group_spec, {"template"})};
  Json deployment = DeploymentFor(group, WorkerDeploymentName(cluster, name),
                                  DesiredReplicas(worker_group_spec), GcsPortOf(ray_cluster));
  Json& annotations = deployment["metadata"]["annotations"];
  annotations[kMinReplicasAnnotation] = std::to_string(IntAt(worker_group_spec, {"minReplicas"}));
  annotations[kMaxReplicasAnnotation] = std::to_string(IntAt(worker_group_spec, {"maxReplicas"}, 2147483647));
  if (shared::BoolAt(ray_cluster, {"spec", "suspend"})) deployment["spec"]["replicas"] = 0;
  return deployment;
}

shared::Result<PlainCluster> DeploymentsFor(const Json& ray_cluster) {
  TRY(CheckPlain(ray_cluster));
  PlainCluster cluster;
  const Group head = HeadGroupOf(ray_cluster);
  cluster.head = DeploymentFor(head, HeadDeploymentName(head.cluster), 1, GcsPortOf(ray_cluster));
  Json& metadata = cluster.head["metadata"];
  metadata["annotations"][kRayVersionAnnotation] = StringAt(ray_cluster, {"spec", "rayVersion"});
  if (shared::BoolAt(ray_cluster, {"spec", "suspend"})) cluster.head["spec"]["replicas"] = 0;
  for (const char* map : {"labels", "annotations"})
    for (const auto& [key, value] : At(ray_cluster, {"metadata", map}).items())
      if (!IsOurKey(key)) metadata[map][key] = value;
  cluster.service = HeadServiceFor(head, cluster.head["spec"]["template"]);
  for (const Json& group : At(ray_cluster, {"spec", "workerGroupSpecs"})) {
    ASSIGN_OR_RETURN(Json worker, WorkerDeploymentFor(ray_cluster, group));
    cluster.workers.push_back(std::move(worker));
  }
  return cluster;
}

Json RayClusterOf(const Json& head, const std::vector<Json>& workers) {
  Json metadata = {{"name", StringAt(head, {"metadata", "labels", kClusterLabel})},
                   {"namespace", StringAt(head, {"metadata", "namespace"})}};
  for (const char* field : {"uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"})
    if (!At(head, {"metadata", field}).is_null()) metadata[field] = At(head, {"metadata", field});
  for (const char* map : {"labels", "annotations"})
    if (Json theirs = TheirKeys(At(head, {"metadata", map})); !theirs.empty())
      metadata[map] = std::move(theirs);
  Json spec = {{"rayVersion", StringAt(head, {"metadata", "annotations", kRayVersionAnnotation})}};
  if (IntAt(head, {"spec", "replicas"}, 1) == 0) spec["suspend"] = true;
  spec["headGroupSpec"] = {{"rayStartParams", MapAnnotation(head, kRayStartParamsAnnotation)},
                           {"template", At(head, {"spec", "template"})}};
  spec["workerGroupSpecs"] = Json::array();
  for (const Json& worker : workers) spec["workerGroupSpecs"].push_back(WorkerGroupSpecOf(worker));
  Json ray_cluster = {{"apiVersion", kRayClusters.ApiVersion()},
                      {"kind", "RayCluster"},
                      {"metadata", metadata},
                      {"spec", spec}};
  ray_cluster["status"] = StatusOf(head, workers, ray_cluster);
  return ray_cluster;
}

bool IsPlainHead(const Json& deployment) {
  return StringAt(deployment, {"metadata", "labels", kManagedByLabel}) == kManagedByUs &&
         StringAt(deployment, {"metadata", "labels", kNodeTypeLabel}) == "head";
}

Json OwnerReferences(const Json& owner) {
  return Json::array({{{"apiVersion", StringAt(owner, {"apiVersion"})},
                       {"kind", StringAt(owner, {"kind"})},
                       {"name", StringAt(owner, {"metadata", "name"})},
                       {"uid", StringAt(owner, {"metadata", "uid"})},
                       // true takes the right to update deployments/finalizers, which the role edit lacks,
                       // where the admission plugin OwnerReferencesPermissionEnforcement is on (OpenShift).
                       {"blockOwnerDeletion", false},
                       {"controller", false}}});
}

}  // namespace kubectl_ray
