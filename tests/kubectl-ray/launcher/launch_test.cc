#include "kubectl-ray/launcher/launch.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/launcher/remove_workers.h"
#include "tests/support/golden.h"
#include "tests/support/tree.h"

using kubectl_ray::Backend;
using kubectl_ray::ClusterFile;
using kubectl_ray::Launch;
using kubectl_ray::LaunchOptions;
using kubectl_ray::NodeFiles;
using shared::Json;
using shared::StringAt;

namespace {

const std::string kFile = R"(cluster_name: demo
max_workers: 3
idle_timeout_minutes: 2
provider: {type: kubernetes, namespace: ray, use_internal_ips: true}
head_node_type: head
available_node_types:
  head:
    resources: {CPU: 1}
    node_config:
      apiVersion: v1
      kind: Pod
      spec:
        containers:
        - name: ray-node
          image: rayproject/ray:2.60.0
          command: ["/bin/bash", "-c", "--"]
          args: ["trap : TERM INT; sleep infinity & wait;"]
          resources: {limits: {cpu: 1, memory: 1Gi}}
  gpu_worker:
    resources: {CPU: 1}
    min_workers: 1
    node_config: {spec: {containers: [{name: ray-node, image: "rayproject/ray:2.60.0", resources: {limits: {cpu: 1}}}]}}
    worker_setup_commands: [echo own]
  plain_worker:
    resources: {CPU: 1}
    node_config: {spec: {containers: [{name: ray-node, image: "rayproject/ray:2.60.0", resources: {limits: {cpu: 1}}}]}}
initialization_commands: [echo init]
setup_commands: [echo all]
head_setup_commands: [echo head]
worker_setup_commands: [echo workers]
)";

ClusterFile Read(const std::string& text) {
  auto file = kubectl_ray::ReadClusterFile("demo.yaml", text, "bring up");
  INFO((file ? "" : file.error().message));
  REQUIRE(file);
  return *file;
}

LaunchOptions Options(Backend backend = Backend::kOperator) {
  return {.ns = "ray",
          .backend = backend,
          .min_workers = {},
          .max_workers = {},
          .agent = {.delivery = kubectl_ray::AgentOptions::Delivery::kImage,
                    .image = "example.com/agent:1",
                    .sources = {}}};
}

Launch Make(const std::string& text, const LaunchOptions& options, const std::vector<NodeFiles>& files = {}) {
  auto launch = kubectl_ray::MakeLaunch(Read(text), files, options);
  INFO((launch ? "" : launch.error().message));
  REQUIRE(launch);
  return *launch;
}

const Json& Group(const Launch& launch, const std::string& name) {
  for (const Json& group : launch.ray_cluster["spec"]["workerGroupSpecs"])
    if (StringAt(group, {"groupName"}) == name) return group;
  FAIL(name);
  return launch.ray_cluster;
}

// The names of the setup steps that this group's pods run, from the Secrets they mount.
std::vector<std::string> StepsOf(const Launch& launch, const Json& group) {
  std::vector<std::string> steps;
  for (const Json& volume : group["template"]["spec"]["volumes"])
    for (const Json& source : shared::At(volume, {"projected", "sources"}))
      for (const Json& secret : launch.secrets)
        if (secret["metadata"]["name"] == StringAt(source, {"secret", "name"}))
          for (const auto& [key, value] : secret["data"].items()) steps.push_back(key);
  return steps;
}

}  // namespace

TEST_CASE("a launcher's file as the objects that up sends") {
  const Launch launch = Make(kFile, Options(), {{"~/project", "archive", true}});
  CHECK(launch.cluster == "demo");
  CHECK(!launch.needs_agent);  // an image brings it
  std::string text = kubectl_ray::DumpYaml(launch.ray_cluster);
  for (const Json& secret : launch.secrets) text += "---\n" + kubectl_ray::DumpYaml(secret);
  CheckGolden("launcher/objects.yaml", text);
}

TEST_CASE("each group runs the commands of its kind of node, in the launcher's order") {
  const Launch launch = Make(kFile, Options());
  using Steps = std::vector<std::string>;
  CHECK(StepsOf(launch, launch.ray_cluster["spec"]["headGroupSpec"]) ==
        Steps{"001-echo-init", "002-echo-all", "003-echo-head"});
  CHECK(StepsOf(launch, Group(launch, "gpu-worker")) == Steps{"001-echo-init", "002-echo-own"});
  CHECK(StepsOf(launch, Group(launch, "plain-worker")) ==
        Steps{"001-echo-init", "002-echo-all", "003-echo-workers"});
  CHECK(launch.secrets.size() == 3);
  CHECK(launch.notes.end() == std::find_if(launch.notes.begin(), launch.notes.end(), [](const auto& note) {
          return note.field.find("setup_commands") != note.field.npos;
        }));
}

TEST_CASE("without an operator there is no autoscaler, and that is said") {
  const Launch launch = Make(kFile, Options(Backend::kPlain));
  CHECK(!launch.ray_cluster["spec"].contains("enableInTreeAutoscaling"));
  REQUIRE(!launch.notes.empty());
  CHECK(launch.notes.back().message.find("without the KubeRay operator") != std::string::npos);
}

TEST_CASE("--min-workers and --max-workers") {
  LaunchOptions options = Options();
  options.max_workers = 2;
  CHECK(Group(Make(kFile, options), "gpu-worker")["maxReplicas"] == 2);
  options = Options();
  options.min_workers = 2;
  const auto several = kubectl_ray::MakeLaunch(Read(kFile), {}, options);
  REQUIRE(!several);
  CHECK(several.error().message ==
        "cannot use --min-workers with a file of 2 worker groups: which of them has the minimum?");

  const std::string cluster = R"(apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: demo}
spec:
  headGroupSpec: {template: {spec: {containers: [{name: ray}]}}}
  workerGroupSpecs: [{groupName: a, replicas: 1, minReplicas: 1, maxReplicas: 3, template: {spec: {containers: [{name: ray}]}}}]
)";
  CHECK(Group(Make(cluster, options), "a") ==
        *shared::ParseJson(R"({"groupName":"a","replicas":2,"minReplicas":2,"maxReplicas":3,
                               "template":{"spec":{"containers":[{"name":"ray"}]}}})"));
  options.min_workers = 4;
  CHECK(kubectl_ray::MakeLaunch(Read(cluster), {}, options).error().message ==
        "cannot set --min-workers 4 above the maximum, 3");
  options = Options();
  options.max_workers = 0;
  CHECK(kubectl_ray::MakeLaunch(Read(cluster), {}, options).error().message ==
        "cannot set --max-workers 0 below the minimum of group \"a\", 1");
}

TEST_CASE("a RayCluster's file is sent as it is, with what stands beside it") {
  const std::string cluster = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: code}
---
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: demo}
spec: {headGroupSpec: {template: {spec: {containers: [{name: ray, command: [sleep]}]}}}}
)";
  const Launch launch = Make(cluster, Options());
  CHECK(!launch.needs_agent);
  CHECK(!launch.owns_beside);
  CHECK(launch.beside.size() == 1);
  CHECK(launch.ray_cluster["metadata"]["namespace"] == "ray");
  CHECK(launch.ray_cluster["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]["command"][0] ==
        "sleep");
}

TEST_CASE("a RayCluster of another shape is refused before anything is changed in it") {
  const auto refusal = [](const std::string& head, const std::string& workers) {
    const auto launch = kubectl_ray::MakeLaunch(
        Read("apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: demo}\nspec:\n  headGroupSpec: " +
             head + "\n  workerGroupSpecs: " + workers + "\n"),
        {}, Options(Backend::kPlain));
    return launch ? "" : launch.error().message;
  };
  const std::string good = "{template: {spec: {containers: [{name: ray}]}}}";
  CHECK(refusal(good, "[]").empty());
  CHECK(refusal(good, "").empty());
  CHECK(refusal(good, "{}") == "cannot bring up demo.yaml: spec.workerGroupSpecs is no list");
  CHECK(refusal("7", "[]") == "cannot bring up demo.yaml: spec.headGroupSpec.template has no containers");
  CHECK(refusal("{template: {spec: {containers: []}}}", "[]") ==
        "cannot bring up demo.yaml: spec.headGroupSpec.template has no containers");
  CHECK(refusal("{template: {metadata: x, spec: {containers: [{}]}}}", "[]") ==
        "cannot bring up demo.yaml: spec.headGroupSpec.template.metadata is no map");
  CHECK(refusal("{template: {metadata: {annotations: []}, spec: {containers: [{}]}}}", "[]") ==
        "cannot bring up demo.yaml: spec.headGroupSpec.template.metadata.annotations is no map");
  CHECK(refusal(good, "[" + good + ", {template: {spec: {volumes: 1, containers: [{}]}}}]") ==
        "cannot bring up demo.yaml: spec.workerGroupSpecs[1].template.spec.volumes is no list");
  CHECK(refusal("{template: {spec: {containers: [{env: {A: b}}]}}}", "[]") ==
        "cannot bring up demo.yaml: spec.headGroupSpec.template.spec.containers[0].env is no list");
}

TEST_CASE("file_mounts are read from this machine") {
  const Tree tree({{"code/a.py", "1"}, {"code/skip.log", "2"}, {"key.pem", "3"}});
  auto file = *Read(kFile).launcher;
  file.rsync_exclude = {"*.log"};
  file.file_mounts = {{"~/code", tree.path() + "/code", 7},
                      {"/etc/key.pem", "~/key.pem", 8},
                      {"/keys/", tree.path() + "/key.pem", 9}};
  const auto files = kubectl_ray::ReadFileMounts(file, tree.path());
  INFO((files ? "" : files.error().message));
  REQUIRE(files);
  REQUIRE(files->size() == 3);
  CHECK((*files)[0].directory);
  CHECK(!(*files)[1].directory);
  CHECK((*files)[2].remote == "/keys/key.pem");
  file.rsync_exclude.clear();
  CHECK((*kubectl_ray::ReadFileMounts(file, tree.path()))[0].archive != (*files)[0].archive);

  file.file_mounts = {{"~/code", tree.path() + "/none", 7}};
  const auto missing = kubectl_ray::ReadFileMounts(file, tree.path());
  REQUIRE(!missing);
  CHECK(missing.error().message.starts_with("cannot bring up demo.yaml:7: file_mounts \"~/code\": "));
  CHECK(missing.error().hint.find("--working-dir") != std::string::npos);
}

TEST_CASE("which workers down takes away") {
  const Json cluster = *shared::ParseJson(R"({"spec":{"workerGroupSpecs":[
      {"groupName":"a","replicas":3,"minReplicas":1,"maxReplicas":5},
      {"groupName":"b","replicas":0,"minReplicas":0},{"groupName":"c","replicas":1,"minReplicas":1}]}})");
  const auto texts = [&](bool keep) {
    std::vector<std::string> all;
    for (const auto& plan : kubectl_ray::PlanRemovalOfWorkers(cluster, keep)) all.push_back(plan.changes[0]);
    return all;
  };
  CHECK(texts(false) == std::vector<std::string>{"group a: 3 to 0", "group c: 1 to 0"});
  CHECK(texts(true) == std::vector<std::string>{"group a: 3 to 1"});
  const auto plan = kubectl_ray::PlanRemovalOfWorkers(cluster, true)[0];
  CHECK(plan.min_replicas == 1);
  CHECK(plan.max_replicas == 5);
}

TEST_CASE("a login to machines is refused with its line, and an empty one is none") {
  const auto refusal = [](const std::string& auth) {
    const auto launch = kubectl_ray::MakeLaunch(Read(kFile + auth), {}, Options());
    return launch ? "" : launch.error().message;
  };
  CHECK(refusal("auth:\n  ssh_user: ubuntu\n").find("cannot bring up demo.yaml:") == 0);
  CHECK(refusal("auth:\n  ssh_user: ubuntu\n").find("\"auth\"") != std::string::npos);
  CHECK(refusal("auth: {}\n").empty());
  CHECK(refusal("auth:\n").empty());
}

TEST_CASE("usage statistics are off in all pods, and once in each") {
  LaunchOptions options = Options();
  options.disable_usage_stats = true;
  std::string text = kFile;
  const std::string image = "rayproject/ray:2.60.0\n";
  text.insert(text.find(image) + image.size(),
              "          env: [{name: RAY_USAGE_STATS_ENABLED, value: \"1\"}]\n");
  const Json spec = Make(text, options).ray_cluster["spec"];
  const auto count = [](const Json& group) {
    int off = 0;
    for (const Json& variable : group["template"]["spec"]["containers"][0]["env"])
      if (StringAt(variable, {"name"}) == "RAY_USAGE_STATS_ENABLED")
        off += StringAt(variable, {"value"}) == "0" ? 1 : 10;
    return off;
  };
  CHECK(count(spec["headGroupSpec"]) == 1);
  for (const Json& group : spec["workerGroupSpecs"]) CHECK(count(group) == 1);
}

TEST_CASE("up --ports gives every group of either kind of file its ports") {
  LaunchOptions options = Options();
  options.ports = kubectl_ray::PortPlan();
  for (const Backend backend : {Backend::kOperator, Backend::kPlain}) {
    options.backend = backend;
    const Launch launch = Make(kFile, options);
    CHECK(launch.ray_cluster["spec"]["headGroupSpec"]["rayStartParams"]["node-manager-port"] == "7001");
    for (const Json& group : launch.ray_cluster["spec"]["workerGroupSpecs"])
      CHECK(group["rayStartParams"]["object-manager-port"] == "7002");
  }
}
