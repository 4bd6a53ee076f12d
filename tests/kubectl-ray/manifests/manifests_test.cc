// Whole manifests of both backends against goldens.
#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/cluster_config.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "kubectl-ray/manifests/set_path.h"
#include "tests/support/demo_spec.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

ClusterSpec Spec() {
  ClusterSpec spec = DemoSpec();
  spec.agent.sources = {{"ray-init-agent-amd64-0123456789ab", "amd64"},
                        {"ray-init-agent-arm64-ba9876543210", "arm64"}};
  return spec;
}

ClusterSpec FullSpec() {
  ClusterSpec spec = Spec();
  spec.labels = {{"app", "ray"}};
  spec.annotations = {{"owner", "chthulu"}};
  spec.head.resources = {"1", "5Gi", "1", "0", "10Gi", "1500m"};
  spec.head.ray_start_params = {{"dashboard-port", "9265"}, {"port", "6380"}};
  spec.head.node_selectors = {{"pool", "heads"}};
  WorkerGroup& group = spec.worker_groups[0];
  group.name = "gpu";
  group.replicas = 3;
  group.min_replicas = 1;
  group.max_replicas = 5;
  group.resources = {"500m", "2Gi", "2", "0", "", ""};
  group.ray_start_params = {{"num-cpus", "4"}};
  spec.pods.tolerations = {{{"key", "gpu"}, {"operator", "Exists"}}};
  spec.pods.env = Json::array({{{"name", "A"}, {"value", "b"}}});
  spec.pods.volumes =
      Json::array({{{"name", "volume-0"}, {"persistentVolumeClaim", {{"claimName", "data"}}}}});
  spec.pods.volume_mounts = Json::array({{{"name", "volume-0"}, {"mountPath", "/data"}}});
  spec.pods.tolerations = Json::array({{{"key", "gpu"}, {"operator", "Exists"}}});
  spec.pods.image_pull_secrets = {"registry"};
  spec.pods.priority_class = "high";
  spec.pods.service_account = "ray";
  spec.pods.template_patch = {
      {"metadata", {{"labels", {{"team", "x"}}}}},
      {"spec",
       {{"hostNetwork", true},
        {"containers", Json::array({{{"env", Json::array({{{"name", "A"}, {"value", "c"}}})}}})}}}};
  return spec;
}

std::string Dump(const PlainCluster& cluster) {
  std::string text = DumpYaml(cluster.head) + "---\n" + DumpYaml(cluster.service);
  for (const Json& worker : cluster.workers) text += "---\n" + DumpYaml(worker);
  return text;
}

Json Settled(const ClusterSpec& spec, Backend backend) {
  Json ray_cluster = RayClusterFor(spec, backend);
  SettlePods(&ray_cluster);
  return ray_cluster;
}

std::string Plain(const ClusterSpec& spec) {
  auto plain = DeploymentsFor(Settled(spec, Backend::kPlain));
  REQUIRE(plain);
  return Dump(*plain);
}

}  // namespace

TEST_CASE("a default cluster, both kinds") {
  CheckGolden("manifests/default-raycluster.yaml", DumpYaml(Settled(Spec(), Backend::kOperator)));
  CheckGolden("manifests/default-plain.yaml", Plain(Spec()));
}

TEST_CASE("a cluster with everything, both kinds") {
  CheckGolden("manifests/full-raycluster.yaml", DumpYaml(Settled(FullSpec(), Backend::kOperator)));
  CheckGolden("manifests/full-plain.yaml", Plain(FullSpec()));
}

TEST_CASE("a cluster without the agent, both kinds") {
  ClusterSpec spec = Spec();
  spec.agent = {.delivery = AgentOptions::Delivery::kNone, .image = {}, .sources = {}};
  CheckGolden("manifests/no-agent-raycluster.yaml", DumpYaml(Settled(spec, Backend::kOperator)));
  CheckGolden("manifests/no-agent-plain.yaml", Plain(spec));
}

// What KubeRay takes from the Ray container's limits (addWellKnownAcceleratorResources).
TEST_CASE("accelerators of any maker are made known to a plain cluster's Ray") {
  struct Row {
    const char* limits;
    StringMap given;
    const char* params;
  };
  const Row rows[] = {
      {R"({"nvidia.com/mig-1g.10gb":2})", {}, R"({"num-gpus":"2"})"},
      {R"({"amd.com/gpu":"4"})", {}, R"({"num-gpus":"4"})"},
      {R"({"nvidia.com/gpu":1,"amd.com/gpu":0})", {}, R"({"num-gpus":"1"})"},
      {R"({"amd.com/gpu":"4"})", {{"num-gpus", "1"}}, R"({"num-gpus":"1"})"},
      {R"({"google.com/tpu":4})", {}, R"({"resources":"'{\"TPU\":4}'"})"},
      {R"({"aws.amazon.com/neuroncore":"2"})", {}, R"({"resources":"'{\"neuron_cores\":2}'"})"},
      {R"({"google.com/tpu":4})",
       {{"resources", R"('{"a": 1}')"}},
       R"({"resources":"'{\"a\":1,\"TPU\":4}'"})"},
      {R"({"google.com/tpu":4})", {{"resources", R"({"TPU":8})"}}, R"({"resources":"{\"TPU\":8}"})"},
      {R"({"huawei.com/Ascend910":8,"gpu.intel.com/i915":1})", {}, R"({})"},
  };
  for (const Row& row : rows) {
    INFO(row.limits);
    ClusterSpec spec = DemoSpec();
    spec.worker_groups[0].resources = {"", "", "", "", "", ""};
    spec.worker_groups[0].ray_start_params = row.given;
    spec.pods.template_patch = {
        {"spec",
         {{"containers", Json::array({{{"name", "ray-worker"},
                                       {"resources", {{"limits", *shared::ParseJson(row.limits)}}}}})}}}};
    const auto plain = DeploymentsFor(RayClusterFor(spec, Backend::kPlain));
    REQUIRE(plain);
    Json params;
    for (const Json& variable : plain->workers[0]["spec"]["template"]["spec"]["containers"][0]["env"])
      if (variable["name"] == "RAY_START_PARAMS") params = *shared::ParseJson(std::string(variable["value"]));
    CHECK(params == *shared::ParseJson(row.params));
  }
}

TEST_CASE("a pod template's ray-head and ray-worker are one container each, of their own pods") {
  ClusterSpec spec = DemoSpec();
  spec.pods.template_patch = {{"spec",
                               {{"containers", Json::array({{{"name", "ray-worker"}, {"tty", true}},
                                                            {{"name", "ray-head"}, {"stdin", true}},
                                                            {{"name", "side"}, {"image", "i"}}})}}}};
  const Json head = HeadPodTemplate(spec, Backend::kOperator)["spec"]["containers"];
  const Json worker =
      WorkerPodTemplate(spec, spec.worker_groups[0], Backend::kOperator)["spec"]["containers"];
  REQUIRE(head.size() == 2);
  REQUIRE(worker.size() == 2);
  CHECK(head[0]["stdin"] == true);
  CHECK(!head[0].contains("tty"));
  CHECK(worker[0]["tty"] == true);
  CHECK(!worker[0].contains("stdin"));
  CHECK(head[1] == worker[1]);
}

TEST_CASE("without the agent, a shell leaves custom resources as they are") {
  ClusterSpec spec = DemoSpec();
  spec.agent.delivery = AgentOptions::Delivery::kNone;
  spec.worker_groups[0].resources = {"", "", "", "4", "", ""};
  const auto plain = DeploymentsFor(RayClusterFor(spec, Backend::kPlain));
  REQUIRE(plain);
  const std::string command = plain->workers[0]["spec"]["template"]["spec"]["containers"][0]["args"][0];
  CHECK(command.find(R"( --resources='{"TPU":4}')") != command.npos);
}

// Label policies (Kyverno) require the user's own app.kubernetes.io/name; KubeRay accepts that, too.
TEST_CASE("whatever labels a pod template gives, the head Service finds its pods") {
  ClusterSpec spec = Spec();
  spec.pods.template_patch = {{"metadata",
                               {{"labels",
                                 {{"app.kubernetes.io/name", "my-app"},
                                  {"app.kubernetes.io/created-by", "me"},
                                  {"ray.io/identifier", "x"},
                                  {"ray.io/cluster", "another"},
                                  {"ray.io/node-type", "worker"}}}}}};
  const auto plain = DeploymentsFor(RayClusterFor(spec, Backend::kPlain));
  REQUIRE(plain);
  const Json& labels = shared::At(plain->head, {"spec", "template", "metadata", "labels"});
  CHECK(shared::StringAt(labels, {"app.kubernetes.io/name"}) == "my-app");
  const Json& selector = shared::At(plain->service, {"spec", "selector"});
  REQUIRE(selector.size() == 2);
  for (const auto& [key, value] : selector.items()) CHECK(shared::At(labels, {key}) == value);
}

TEST_CASE("a head that declares no ports has those of Ray in its Service") {
  ClusterSpec spec = Spec();
  spec.head.ray_start_params = {{"dashboard-port", "9265"}};
  Json cluster = Settled(spec, Backend::kPlain);
  cluster["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0].erase("ports");
  const auto plain = DeploymentsFor(cluster);
  REQUIRE(plain);
  std::string ports;
  for (const Json& port : shared::At(plain->service, {"spec", "ports"}))
    ports += port["name"].get<std::string>() + "=" + std::to_string(port["port"].get<int>()) + " ";
  CHECK(ports == "client=10001 dashboard=9265 gcs-server=6379 metrics=8080 serve=8000 ");
}

// The role edit does not have the verb update on deployments/finalizers
// (OwnerReferencesPermissionEnforcement).
TEST_CASE("what belongs to a head does not hold back its deletion") {
  const Json owner = {
      {"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", {{"name", "d-head"}, {"uid", "u"}}}};
  CHECK(OwnerReferences(owner)[0]["blockOwnerDeletion"] == false);
}

// Pod Security's `restricted` (pod-security-admission, policy/check_*.go) judges each container, init ones
// too.
TEST_CASE("the agent's container passes where Ray's does") {
  ClusterSpec spec = Spec();
  spec.pods.template_patch = {
      {"spec",
       {{"containers",
         Json::array({{{"securityContext", {{"runAsNonRoot", true}, {"runAsUser", 1000}}}}})}}}};
  Json pod = HeadPodTemplate(spec, Backend::kOperator);
  SettlePod(pod["spec"]);
  const Json& init = shared::At(pod, {"spec", "initContainers"})[0];
  CHECK(shared::At(init, {"securityContext"}) == Json{{"allowPrivilegeEscalation", false},
                                                      {"capabilities", {{"drop", Json::array({"ALL"})}}},
                                                      {"seccompProfile", {{"type", "RuntimeDefault"}}},
                                                      {"runAsNonRoot", true},
                                                      {"runAsUser", 1000}});
  // What the user set is kept, and a template that removes containers does no harm.
  for (const char* patch :
       {R"({"spec":{"initContainers":[{"name":"ray-init-agent","securityContext":{"runAsUser":5}}]}})",
        R"({"spec":{"initContainers":[{"name":"ray-init-agent","securityContext":null}]}})",
        R"({"spec":{"containers":null,"initContainers":null}})",
        R"({"spec":{"containers":5,"initContainers":"x"}})"}) {
    INFO(patch);
    spec.pods.template_patch = *shared::ParseJson(patch);
    Json patched = HeadPodTemplate(spec, Backend::kOperator);
    SettlePod(patched["spec"]);
    const Json& lists = shared::At(patched, {"spec", "initContainers"});
    if (lists.is_array()) CHECK(shared::IntAt(lists[0], {"securityContext", "runAsUser"}, 5) == 5);
  }
}

// A LimitRange judges init containers, too: what lets Ray's container in lets this one in.
TEST_CASE("the agent's container has the CPU and memory of Ray's, unless it is given others") {
  ClusterSpec spec = Spec();
  spec.head.resources = {"1", "2Gi", "1", "0", "8Gi", "4"};
  const auto resources_of_agent = [&] {
    Json pod = HeadPodTemplate(spec, Backend::kOperator);
    SettlePod(pod["spec"]);
    SettlePod(pod["spec"]);  // changes nothing the second time
    return shared::At(shared::At(pod, {"spec", "initContainers"})[0], {"resources"});
  };
  CHECK(resources_of_agent() ==
        Json{{"requests", {{"cpu", "1"}, {"memory", "2Gi"}}}, {"limits", {{"cpu", "4"}, {"memory", "2Gi"}}}});
  spec.head.resources = {"1", "2Gi", "", "", "", ""};
  CHECK(resources_of_agent() ==
        Json{{"requests", {{"cpu", "1"}, {"memory", "2Gi"}}}, {"limits", {{"memory", "2Gi"}}}});
  spec.head.resources = {"", "", "", "", "", ""};
  CHECK(resources_of_agent().is_null());
  const Json own = {{"requests", {{"cpu", "50m"}}}};
  spec.pods.template_patch = {
      {"spec", {{"initContainers", Json::array({{{"name", "ray-init-agent"}, {"resources", own}}})}}}};
  CHECK(resources_of_agent() == own);
}

// Ray itself rounds a limit of 700m down to 0 CPUs; the agent does not (ray-init-agent/container_limits.h).
TEST_CASE("without the agent, CPUs that nobody asked for are those of the limit that the pod gets") {
  ClusterSpec spec = Spec();
  spec.agent.delivery = AgentOptions::Delivery::kNone;
  const auto command = [&] {
    const auto plain = DeploymentsFor(Settled(spec, Backend::kPlain));
    REQUIRE(plain);
    const Json container = shared::At(plain->head, {"spec", "template", "spec", "containers"})[0];
    const bool has_variable = DumpYaml(container["env"]).find("resource: limits.cpu") != std::string::npos;
    const std::string line = container["args"][0].get<std::string>() + " ";
    CHECK(has_variable == (line.find("--num-cpus=$RAY_CONTAINER_CPUS") != std::string::npos));
    return line;
  };
  CHECK(command().find("--num-cpus=2 ") != std::string::npos);
  spec.head.resources.cpu_limit = "3500m";  // as KubeRay counts: the limit, else the request
  CHECK(command().find("--num-cpus=4 ") != std::string::npos);
  spec.head.resources = {"0", "1Gi", "", "", "", ""};
  CHECK(command().find("--num-cpus=$RAY_CONTAINER_CPUS ") != std::string::npos);
  spec.head.ray_start_params = {{"num-cpus", "7"}};
  CHECK(command().find("--num-cpus=7 ") != std::string::npos);
}

TEST_CASE("the agent from an image") {
  ClusterSpec spec = Spec();
  spec.agent = {.delivery = AgentOptions::Delivery::kImage, .image = "example.com/agent:1", .sources = {}};
  CheckGolden("manifests/agent-image-raycluster.yaml", DumpYaml(Settled(spec, Backend::kOperator)));
}

TEST_CASE("the official plugin's complete sample of a config file") {
  const char* sample = R"(namespace: my-namespace
name: sample-create-cluster-complete
labels:
  foo: bar
annotations:
  dead: beef
ray-version: 2.60.0
image: rayproject/ray:2.60.0
service-account: my-service-account
head:
  cpu: 3
  memory: 5Gi
  gpu: 0
  ephemeral-storage: 8Gi
  ray-start-params:
    metrics-export-port: 8082
  node-selectors:
    foo: bar
    baz: qux
worker-groups:
  - name: cpu-workers
    replicas: 1
    cpu: 2
    memory: 4Gi
    gpu: 0
    ephemeral-storage: 12Gi
    ray-start-params:
      metrics-export-port: 8081
    node-selectors:
      hi: there
  - name: gpu-workers
    replicas: 1
    cpu: 3
    memory: 6Gi
    gpu: 1
    ephemeral-storage: 13Gi
autoscaler:
  version: v2
gke:
  gcsfuse:
    bucket-name: my-bucket
    mount-path: /mnt/cluster_storage
    mount-options: "implicit-dirs,uid=1000,gid=100"
    resources:
      cpu: 250m
      memory: 256Mi
      ephemeral-storage: 5Gi
    disable-metrics: true
    gcsfuse-metadata-prefetch-on-mount: false
    skip-csi-bucket-access-check: false
)";
  auto spec = ParseClusterConfig("sample.yaml", sample, Spec());
  REQUIRE(spec);
  REQUIRE(CheckClusterSpec(*spec));
  CheckGolden("manifests/config-file-raycluster.yaml", DumpYaml(Settled(*spec, Backend::kOperator)));
}

TEST_CASE("a config file's faults are named by line and column") {
  struct Row {
    const char* text;
    const char* message;
    const char* hint;
  };
  const Row rows[] = {
      {"head:\n  cpus: 1\n", "cannot use f.yaml:2:3: unknown key \"cpus\"", "Did you mean \"cpu\"?"},
      {"worker-group: []\n", "cannot use f.yaml:1:1: unknown key \"worker-group\"",
       "Did you mean \"worker-groups\"?"},
      {"worker-groups:\n  - replicas: many\n",
       "cannot use f.yaml:2:15: a whole number from 0 to 2147483647 is wanted here", ""},
      {"worker-groups:\n  - replicas: -1\n",
       "cannot use f.yaml:2:15: a whole number from 0 to 2147483647 is wanted here", ""},
      {"worker-groups: 3\n", "cannot use f.yaml:1:16: a list of worker groups is wanted here", ""},
      {"name: [a]\n", "cannot use f.yaml:1:7: a string is wanted here", ""},
      {"name: a\nname: b\n", "cannot use f.yaml:2:1: key \"name\" is there twice", ""},
      {"autoscaler:\n  version: v3\n", "cannot use f.yaml:2:3: the autoscaler's version must be v1 or v2",
       ""},
      {"- a\n", "cannot use f.yaml:1:1: a map is wanted here", ""},
      {"name: a\n---\nname: b\n",
       "cannot read f.yaml:2:1: a second document begins there, and one is all that is taken", ""},
      {"name: \xff\n", "cannot read f.yaml: it is not UTF-8", ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    auto spec = ParseClusterConfig("f.yaml", row.text, Spec());
    REQUIRE(!spec);
    CHECK(spec.error().code == ErrorCode::kUsage);
    CHECK(spec.error().message == row.message);
    CHECK(spec.error().hint == row.hint);
  }
  CHECK(ParseClusterConfig("f.yaml", "", Spec()).value_or(ClusterSpec()) == Spec());
}

TEST_CASE("what only the operator does is refused without it") {
  ClusterSpec spec = Spec();
  spec.autoscaler = "v2";
  auto plain = DeploymentsFor(RayClusterFor(spec, Backend::kPlain));
  REQUIRE(!plain);
  CHECK(plain.error().code == ErrorCode::kUsage);
  CHECK(plain.error().message.find("autoscale") != std::string::npos);

  spec = Spec();
  spec.worker_groups[0].num_of_hosts = 2;
  CHECK(!DeploymentsFor(RayClusterFor(spec, Backend::kPlain)));

  Json cluster = RayClusterFor(Spec(), Backend::kPlain);
  cluster["spec"]["authOptions"] = {{"mode", "token"}};
  CHECK(!DeploymentsFor(cluster));
}

TEST_CASE("Deployments read back as the RayCluster they stand for") {
  const Json wanted = RayClusterFor(FullSpec(), Backend::kPlain);
  auto plain = DeploymentsFor(wanted);
  REQUIRE(plain);
  const Json shown = RayClusterOf(plain->head, plain->workers);
  CHECK(shown["metadata"] == wanted["metadata"]);
  CHECK(shown["spec"]["rayVersion"] == wanted["spec"]["rayVersion"]);
  CHECK(shown["spec"]["headGroupSpec"]["rayStartParams"] ==
        wanted["spec"]["headGroupSpec"]["rayStartParams"]);
  Json group = shown["spec"]["workerGroupSpecs"][0], wanted_group = wanted["spec"]["workerGroupSpecs"][0];
  group.erase("template");
  wanted_group.erase("template");
  CHECK(group == wanted_group);
  CheckGolden("manifests/full-plain-status.yaml", DumpYaml(shown["status"]));
}

TEST_CASE("the agent gets a grace period that is not its own") {
  const std::string container = "spec.workerGroupSpecs[0].template.spec.containers[0]";
  const std::string grace = "spec.workerGroupSpecs[0].template.spec.terminationGracePeriodSeconds";
  for (const auto& [set, expected] : std::vector<std::pair<StringMap, std::string>>{
           {{}, ""},
           {{{grace, "30"}}, ""},
           {{{grace, "120"}}, "120s"},
           {{{grace, "120"}, {container + ".env[0]", "{name: RAY_INIT_AGENT_GRACE_PERIOD, value: 1m}"}},
            "1m"},
           {{{grace, "120"}, {container + ".command", "[bash]"}}, ""}}) {
    Json cluster = RayClusterFor(Spec(), Backend::kOperator);
    for (const auto& [path, value] : set) REQUIRE(SetPath(cluster, path, value));
    SettlePods(&cluster);
    std::string found;
    for (const Json& variable :
         cluster["spec"]["workerGroupSpecs"][0]["template"]["spec"]["containers"][0]["env"])
      if (variable["name"] == "RAY_INIT_AGENT_GRACE_PERIOD") found = variable["value"];
    CHECK(found == expected);
    CHECK(DumpYaml(cluster["spec"]["headGroupSpec"]).find("GRACE_PERIOD") == std::string::npos);
  }
}

TEST_CASE("specs that Kubernetes, KubeRay or the agent would refuse are refused here") {
  auto refused = [](auto change) {
    ClusterSpec spec = Spec();
    change(spec);
    auto status = CheckClusterSpec(spec);
    return !status && status.error().code == ErrorCode::kUsage && !status.error().message.empty();
  };
  CHECK(CheckClusterSpec(Spec()));
  CHECK(CheckClusterSpec(FullSpec()));
  CHECK(refused([](ClusterSpec& s) { s.name = "Bad"; }));
  CHECK(refused([](ClusterSpec& s) { s.ns = "no good"; }));
  CHECK(refused([](ClusterSpec& s) { s.image = ""; }));
  CHECK(refused([](ClusterSpec& s) { s.image = "a b"; }));
  CHECK(refused([](ClusterSpec& s) { s.labels["a b"] = "c"; }));
  CHECK(refused([](ClusterSpec& s) { s.labels["a"] = std::string(64, 'x'); }));
  CHECK(refused([](ClusterSpec& s) { s.head.resources.cpu = "two"; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups[0].resources.memory = "-1Gi"; }));
  CHECK(refused([](ClusterSpec& s) { s.head.resources.cpu_limit = "many"; }));
  CHECK(refused([](ClusterSpec& s) { s.head.resources.cpu_limit = "1999m"; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups[0].replicas = -1; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups[0].num_of_hosts = 0; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups[0].max_replicas = 0; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups[0].min_replicas = 2; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups[0].resources.tpu = "1"; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups.push_back(WorkerGroup{}); }));
  CHECK(refused([](ClusterSpec& s) { s.head.ray_start_params["num-cpu"] = "1"; }));
  CHECK(refused([](ClusterSpec& s) { s.worker_groups[0].ray_start_params["num-cpus"] = "500m"; }));
}
