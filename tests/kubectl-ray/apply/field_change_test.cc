#include "kubectl-ray/apply/field_change.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Parsed(const std::string& yaml) {
  auto value = ParseYaml("x", yaml);
  INFO(yaml << (value ? "" : value.error().message));
  REQUIRE(value);
  return *std::move(value);
}

const char* const kCluster = R"(
rayVersion: 2.52.0
suspend: false
headGroupSpec:
  rayStartParams: {num-cpus: '0'}
  template: {spec: {containers: [{name: ray, image: a, args: [x, y], env: [{name: A, value: '1'}]}]}}
workerGroupSpecs:
- {groupName: cpus, replicas: 1, minReplicas: 0, maxReplicas: 2, template: {spec: {containers: [{name: ray}]}}}
)";

Json Object(const std::string& kind) {
  Json object = {{"apiVersion", "ray.io/v1"}, {"kind", kind}, {"metadata", {{"name", "demo"}, {"uid", "1"}}}};
  if (kind == "RayCluster") object["spec"] = Parsed(kCluster);
  if (kind == "RayService") object["spec"] = {{"rayClusterConfig", Parsed(kCluster)}};
  if (kind == "RayJob") object["spec"] = {{"rayClusterSpec", Parsed(kCluster)}, {"entrypoint", "a"}};
  if (kind == "RayCronJob")
    object["spec"] = {{"schedule", "0 0 * * *"}, {"jobTemplate", {{"entrypoint", "a"}}}};
  return object;
}

// "FIELD: EFFECT" of what two merge patches make of an object, a line each.
std::string Changes(const std::string& kind, const std::string& before_patch,
                    const std::string& after_patch) {
  Json before = Object(kind);
  before.merge_patch(Parsed(before_patch));
  Json after = before;
  after.merge_patch(Parsed(after_patch));
  after["metadata"]["resourceVersion"] = "77";
  std::string text;
  for (const FieldChange& change : ChangesOf(before, after))
    text += (text.empty() ? "" : "\n") + change.field + ": " + std::string(EffectText(change.effect));
  return text;
}

struct Row {
  std::string before, after, changes;
};

void Check(const std::string& kind, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(kind << " " << row.before << " " << row.after);
    CHECK(Changes(kind, row.before, row.after) == row.changes);
  }
}

std::string Groups(const std::string& of, const std::string& list) {
  return "spec: {" + of + "workerGroupSpecs: [" + list + "]" + (of.empty() ? "" : "}") + "}";
}

const std::string kCpus =
    "{groupName: cpus, replicas: 1, minReplicas: 0, maxReplicas: 2, template: {spec: {containers: [{name: "
    "ray}]}}}";
const std::string kCpusAt5 =
    "{groupName: cpus, replicas: 5, minReplicas: 0, maxReplicas: 2, template: {spec: {containers: [{name: "
    "ray}]}}}";
const std::string kTolerant =
    "{groupName: cpus, replicas: 1, minReplicas: 0, maxReplicas: 2, template: {spec: {tolerations: [{key: "
    "a}], "
    "containers: [{name: ray}]}}}";
const std::string kGpus = "{groupName: gpus, template: {}}";

}  // namespace

TEST_CASE("what differs: by names, by places, by whole values") {
  const struct {
    const char *before, *after, *fields;
  } rows[] = {
      {"{spec: {a: 1}}", "{spec: {a: 1}}", ""},
      {"{spec: {a: 1}}", "{spec: {a: 2}}", "spec.a 1 2"},
      {"{spec: {a: 1}}", "{spec: {b: 2}}", "spec.b null 2;spec.a 1 null"},
      {"{spec: {a: {}, b: []}}", "{spec: {c: ~}}", ""},
      {"{spec: {a: [x]}}", "{spec: {a: [x, w]}}", R"(spec.a ["x"] ["x","w"])"},
      {"{spec: {a: [{name: x, v: 1}, {name: w}]}}", "{spec: {a: [{name: w}, {name: z}]}}",
       R"(spec.a[z] null {"name":"z"};spec.a[x] {"name":"x","v":1} null)"},
      {"{spec: {a: [{name: x}, {name: w}]}}", "{spec: {a: [{name: w}, {name: x}]}}",
       R"(spec.a ["x","w"] ["w","x"])"},
      {"{spec: {a: [{name: x}, {name: x, v: 1}]}}", "{spec: {a: [{name: x}, {name: x, v: 2}]}}",
       "spec.a[1].v 1 2"},
      {"{spec: {a: [{k: 1}]}}", "{spec: {a: [{k: 1}, {k: 2}]}}", R"(spec.a[1] null {"k":2})"},
      {"{metadata: {labels: {a.b/c: x}}}", "{metadata: {labels: {a.b/c: w}}}",
       R"(metadata.labels[a.b/c] "x" "w")"},
      {"{metadata: {generation: 1, annotations: {kubectl.kubernetes.io/last-applied-configuration: x}}, "
       "status: {a: 1}}",
       "{metadata: {generation: 2}, status: {a: 2}}", ""},
      {"{data: {a: x}}", "{data: {a: w}}", R"(data.a "x" "w")"},
      {"{spec: {a: {b: 1}}}", "{spec: {a: 7}}", R"(spec.a {"b":1} 7)"},
  };
  for (const auto& row : rows) {
    INFO(row.before << " " << row.after);
    std::string fields;
    for (const FieldChange& change : ChangesOf(Parsed(row.before), Parsed(row.after))) {
      CHECK(change.effect == Effect::kInPlace);
      fields += (fields.empty() ? "" : ";") + change.field + " " + shared::DumpJson(change.before) + " " +
                shared::DumpJson(change.after);
    }
    CHECK(fields == row.fields);
  }
}

TEST_CASE("a RayCluster: its pods stay as they are, unless it recreates them") {
  const std::string recreate = "spec: {upgradeStrategy: {type: Recreate}}";
  Check(
      "RayCluster",
      {{"{}", "{}", ""},
       {"{}", "spec: {rayVersion: 2.53.0}", "spec.rayVersion: new pods only"},
       {recreate, "spec: {rayVersion: 2.53.0}", "spec.rayVersion: recreates all pods"},
       {"{}", "spec: {rayVersion: 2.53.0, upgradeStrategy: {type: Recreate}}",
        "spec.rayVersion: recreates all pods\nspec.upgradeStrategy: in place"},
       {recreate, "spec: {upgradeStrategy: {type: None}}", "spec.upgradeStrategy.type: in place"},
       {"{}", Groups("", kCpusAt5), "spec.workerGroupSpecs[cpus].replicas: in place"},
       {recreate, Groups("", kCpusAt5), "spec.workerGroupSpecs[cpus].replicas: in place"},
       {"{}", Groups("", kTolerant), "spec.workerGroupSpecs[cpus].template.spec.tolerations: new pods only"},
       {recreate, Groups("", kTolerant),
        "spec.workerGroupSpecs[cpus].template.spec.tolerations: new pods only"},
       {"{}", Groups("", kCpus + "," + kGpus), "spec.workerGroupSpecs[gpus]: in place"},
       {recreate, Groups("", kCpus + "," + kGpus), "spec.workerGroupSpecs[gpus]: recreates all pods"},
       {"{}", Groups("", kGpus),
        "spec.workerGroupSpecs[gpus]: in place\nspec.workerGroupSpecs[cpus]: new pods only"},
       {"{}", "spec: {suspend: true}", "spec.suspend: stops"},
       {recreate, "spec: {suspend: true}", "spec.suspend: stops"},
       {"spec: {suspend: true}", "spec: {suspend: false}", "spec.suspend: in place"},
       {"spec: {suspend: true, upgradeStrategy: {type: Recreate}}", "spec: {rayVersion: 2.53.0}",
        "spec.rayVersion: new pods only"},
       {"{}", "spec: {headServiceAnnotations: {a: b}}", "spec.headServiceAnnotations: ignored"},
       {"{}", "spec: {headGroupSpec: {serviceType: NodePort, enableIngress: true}}",
        "spec.headGroupSpec.serviceType: ignored\nspec.headGroupSpec.enableIngress: in place"},
       {"spec: {autoscalerOptions: {version: v2}}",
        "spec: {autoscalerOptions: {version: v1, idleTimeoutSeconds: 5}}",
        "spec.autoscalerOptions.version: new pods only\nspec.autoscalerOptions.idleTimeoutSeconds: in place"},
       {"{}", "metadata: {labels: {a: b}}", "metadata.labels: in place"},
       {"{}",
        "spec: {headGroupSpec: {template: {spec: {containers: [{name: ray, image: b, args: [x, y, z], env: "
        "[{name: A, value: '1'}, {name: B, value: '2'}]}]}}}}",
        "spec.headGroupSpec.template.spec.containers[ray].image: new pods only\n"
        "spec.headGroupSpec.template.spec.containers[ray].args: new pods only\n"
        "spec.headGroupSpec.template.spec.containers[ray].env[B]: new pods only"}});
}

TEST_CASE("a RayService: in place, a second cluster, or nothing") {
  const std::string of = "rayClusterConfig: {";
  const std::string image = "spec: {rayClusterConfig: {rayVersion: 2.53.0}}";
  const std::string version = "spec.rayClusterConfig.rayVersion: ";
  const std::string groups = "spec.rayClusterConfig.workerGroupSpecs";
  Check(
      "RayService",
      {{"{}", "spec: {serveConfigV2: b}", "spec.serveConfigV2: in place"},
       {"{}", image, version + "new cluster"},
       {"spec: {upgradeStrategy: {type: NewClusterWithIncrementalUpgrade}}", image, version + "new cluster"},
       {"spec: {upgradeStrategy: {type: None}}", image, version + "ignored"},
       {"spec: {suspend: true}", image, version + "new pods only"},
       {"{}", Groups(of, kCpusAt5), groups + "[cpus].replicas: ignored"},
       {"{}", Groups(of, kTolerant), groups + "[cpus].template.spec.tolerations: ignored"},
       {"{}", Groups(of, kCpus + "," + kGpus), groups + "[gpus]: in place"},
       {"{}", Groups(of, kCpusAt5 + "," + kGpus),
        groups + "[cpus].replicas: ignored\n" + groups + "[gpus]: in place"},
       {"{}", Groups(of, kGpus + "," + kCpus), groups + "[gpus]: new cluster"},
       {"{}", Groups(of, kGpus), groups + "[gpus]: new cluster\n" + groups + "[cpus]: new cluster"},
       {"{}",
        "spec: {rayClusterConfig: {rayVersion: 2.53.0, workerGroupSpecs: [" + kCpus + "," + kGpus + "]}}",
        version + "new cluster\n" + groups + "[gpus]: new cluster"},
       {"{}", "spec: {rayClusterConfig: {suspend: true}}", "spec.rayClusterConfig.suspend: ignored"},
       {"{}", "spec: {suspend: true}", "spec.suspend: stops"},
       {"{}", "spec: {serveService: {metadata: {name: a}}}", "spec.serveService: ignored"},
       {"{}", "spec: {upgradeStrategy: {type: None}, excludeHeadPodFromServeSvc: true}",
        "spec.upgradeStrategy: in place\nspec.excludeHeadPodFromServeSvc: in place"}});
}

TEST_CASE("a RayJob: what runs keeps what it was made with, and what is over is over") {
  const auto is = [](const std::string& status) { return "status: {jobDeploymentStatus: " + status + "}"; };
  Check("RayJob",
        {{is("Running"), "spec: {entrypoint: b, rayClusterSpec: {rayVersion: 2.53.0}}",
          "spec.rayClusterSpec.rayVersion: next run\nspec.entrypoint: next run"},
         {is("Complete"), "spec: {entrypoint: b}", "spec.entrypoint: ignored"},
         {is("Failed"), "spec: {suspend: true}", "spec.suspend: ignored"},
         {is("Complete"), "spec: {ttlSecondsAfterFinished: 5}", "spec.ttlSecondsAfterFinished: in place"},
         {is("Complete"), "spec: {backoffLimit: 5}", "spec.backoffLimit: ignored"},
         {is("Running"), "spec: {backoffLimit: 5, activeDeadlineSeconds: 9}",
          "spec.backoffLimit: in place\nspec.activeDeadlineSeconds: in place"},
         {is("Running"), "spec: {suspend: true}", "spec.suspend: stops"},
         {"spec: {suspend: true}", "spec: {suspend: false}", "spec.suspend: in place"},
         {is("Waiting"), "spec: {jobId: x}", "spec.jobId: in place"},
         {is("Running"), "spec: {jobId: x}", "spec.jobId: next run"}});
  Check("RayCronJob",
        {{"{}", "spec: {schedule: '5 5 * * *', suspend: true}",
          "spec.schedule: in place\nspec.suspend: in place"},
         {"{}", "spec: {jobTemplate: {entrypoint: b}}", "spec.jobTemplate.entrypoint: next run"}});
}

TEST_CASE("changes that delete pods are known") {
  for (const Effect effect : {Effect::kStops, Effect::kRecreates, Effect::kNewCluster}) {
    FieldChange change;
    change.effect = effect;
    CHECK(IsDisruptive(change));
  }
  for (const Effect effect : {Effect::kInPlace, Effect::kNewPods, Effect::kNextRun, Effect::kIgnored}) {
    FieldChange change;
    change.effect = effect;
    CHECK_FALSE(IsDisruptive(change));
  }
}
